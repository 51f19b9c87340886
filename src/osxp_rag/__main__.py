"""`python -m osxp_rag` is `osxp-rag`."""

from osxp_rag.channels.cli import main

main()
