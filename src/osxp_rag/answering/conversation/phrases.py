"""The wording of small talk, in English and French: whole texts, as patterns. The first kind that fits is meant."""

from __future__ import annotations

import re
from typing import Literal

Talk = Literal["hello", "thanks", "bye", "no", "about"]
_FLAGS = re.IGNORECASE | re.VERBOSE
_TO_WHOM = r"""(?:\W+(?:there|everyone|all|you|osxp(?:-rag)?|assistant|bot|à\ tous|à\ vous|l'assistant|tout\ le\ monde
    |beaucoup|a\ lot|so\ much|very\ much|bien|infiniment|again|encore))*"""

_PHRASES: tuple[tuple[Talk, str, str], ...] = (
    (
        "hello",
        "en",
        rf"""(?:hello|hi|hey|good\ (?:morning|afternoon|evening)|greetings|howdy){_TO_WHOM}
            (?:\W+how\ are\ you(?:\ doing)?(?:\ today)?)?
        | how\ are\ you(?:\ doing)?(?:\ today)? | how's\ it\ going | what's\ up
        | hola | hallo | guten\ (?:tag|morgen) | ciao""",
    ),
    (
        "hello",
        "fr",
        rf"""(?:bonjour|bonsoir|salut|coucou|rebonjour){_TO_WHOM}(?:\W+(?:comment\ )?(?:ça\ va|allez-vous|vas-tu))?
        | (?:comment\ )?ça\ va(?:\ bien)? | comment\ (?:allez-vous|vas-tu|tu\ vas|vous\ allez)""",
    ),
    (
        "thanks",
        "en",
        rf"""(?:(?:ok(?:ay)?|great|perfect|cool|nice|awesome)\W+)*
            (?:thanks?|thank\ you|thx|cheers|danke|gracias|grazie){_TO_WHOM}(?:\W+for\ (?:your|the)\ \w+)?
        | ok(?:ay)? | great | perfect | cool | nice | awesome | good | well\ done | good\ (?:job|answer|bot)
        | got\ it | i\ see""",
    ),
    (
        "thanks",
        "fr",
        rf"""(?:(?:ok|super|parfait|génial|très\ bien|d'accord)\W+)*merci{_TO_WHOM}(?:\W+(?:pour|de)\ \w+(?:\ \w+)?)?
        | super | parfait | génial | très\ bien | d'accord | bravo | je\ vois | bien\ reçu | entendu""",
    ),
    (
        "bye",
        "en",
        rf"""(?:good)?bye(?:\ bye)?{_TO_WHOM} | see\ you(?:\ (?:later|soon|tomorrow))? | have\ a\ (?:nice|good)\ \w+
        | good\ night""",
    ),
    (
        "bye",
        "fr",
        rf"au\ revoir{_TO_WHOM} | à\ (?:bientôt|plus|demain|la\ prochaine) | bonne\ (?:journée|soirée|nuit) | adieu",
    ),
    ("no", "en", r"no | nope | no\ thanks? | no\ thank\ you | never\ ?mind | nothing | that's\ (?:all|it)"),
    ("no", "fr", r"non | non\ merci | rien | laisse\ tomber | c'est\ (?:tout|bon) | ce\ sera\ tout"),
    (
        "about",
        "en",
        r"""(?:so\ )?what\ (?:can|do)\ you\ (?:do|know(?:\ about)?|offer|answer)(?:\ for\ me)?
        | what\ can\ (?:i\ ask(?:\ you)?|you\ (?:tell|help)\ me)(?:\ with|\ about)?
        | who\ (?:are|made|created|built)\ you | what\ are\ you | what(?:'s|\ is)\ your\ name
        | what\ is\ this(?:\ (?:bot|assistant|app|tool|chat))? | help(?:\ me)? | can\ you\ help(?:\ me)?
        | how\ (?:do|can)\ (?:i|you)\ (?:use\ (?:this|you)|work|ask(?:\ you)?(?:\ (?:a\ )?questions?)?)
        | how\ does\ this\ work | do\ you\ speak\ (?:french|english)
        | (?:are\ you|is\ this)\ (?:an?\ )?(?:ai|robot|bot|human|real|chatgpt|llm|person)(?:\ person)?
        | (?:what|which)\ (?:documents|topics|subjects|languages)\ do\ you\ (?:have|know|speak|cover)(?:\ about)?""",
    ),
    (
        "about",
        "fr",
        r"""qu(?:e|oi)\ (?:sais|peux|savez|pouvez)-(?:tu|vous)(?:\ (?:faire|me\ dire|dire))?
        | qu'est-ce\ que\ (?:tu\ (?:sais|peux)|vous\ (?:savez|pouvez))(?:\ faire)?
        | (?:tu|vous)\ (?:sais|savez|peux|pouvez)\ (?:faire\ )?quoi | à\ quoi\ (?:sers-tu|tu\ sers|servez-vous)
        | qui\ (?:es-tu|êtes-vous) | (?:tu\ es|t'es|vous\ êtes)\ qui | c'est\ quoi\ ton\ nom
        | comment\ (?:t'appelles-tu|tu\ t'appelles|vous\ appelez-vous)
        | (?:es-tu|tu\ es|êtes-vous)\ (?:une?\ )?(?:ia|robot|humaine?|bot)
        | (?:à\ l')?aide(?:-moi)? | (?:peux-tu|tu\ peux|pouvez-vous)\ m'aider
        | comment\ (?:ça\ (?:marche|fonctionne)|tu\ marches|t'utiliser|poser\ une\ question)
        | que\ puis-je\ (?:te\ |vous\ )?demander | de\ quoi\ (?:peux-tu|pouvez-vous)\ (?:me\ )?parler
        | (?:tu\ parles|parles-tu|parlez-vous)\ (?:le\ )?(?:français|anglais)
        | (?:sur\ )?quels?\ (?:sujets|documents)\ (?:connais-tu|connaissez-vous|as-tu|avez-vous)""",
    ),
)
TALKS = tuple((talk, language, re.compile(rf"\W*(?:{pattern})\W*", _FLAGS)) for talk, language, pattern in _PHRASES)
# "hello, what can you do?": what stands before the rest.
OPENING = re.compile(r"^\W*(?:hello|hi|hey|bonjour|bonsoir|salut|merci|thanks|ok)\b[\s,!.]+(?=\w)", re.IGNORECASE)
