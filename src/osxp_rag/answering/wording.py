"""The wording of questions, in English and French: what tells what a question asks for.

Patterns only, so that a language can be added or a phrase mended in one place.
"""

from __future__ import annotations

import re
from typing import Literal

Expected = Literal["date", "number", "person", "place", "definition"]
_FLAGS = re.IGNORECASE | re.VERBOSE

SUMMARY = re.compile(
    r"""\b(?:
        summar\w+ | sum\ up | overview | key\ points | main\ points | takeaways? | in\ (?:short|brief|a\ few\ sentences)
        | tell\ me\ (?:more\ )?about | what\ (?:does|do)\ .+\ say\ about
        | gist | bottom\ line | (?:in\ a\ )?nutshell | main\ message | what\ message
        | r[ée]sum\w+ | synth[eè]se | vue\ d'ensemble | points?\ (?:clés?|essentiels?) | en\ (?:bref|quelques\ phrases)
        | que\ dit\ .+\ (?:sur|de|à\ propos) | parle[zr]?[-\ ]moi\ d
        | en\ gros | grosso\ modo | l'essentiel | (?:quel|le)\ message
    )""",
    _FLAGS,
)

_COMPARED = r"""
    \b(?:differ|différ|compar)\w* | \bagree\b | \bd'accord\b | \bversus\b | \bvs\b | \bchacune?\b | \beach\ of\b
    | \bthe\ same\b | \bl(?:e|a|es)\ mêmes?\b | \blequel\b | \bwhich\ one\b
    """
LIST = re.compile(
    r"""
    # an order: "list …", "cite …"
    ^\W*(?:list|enumerate|citez?|cite-moi|énum\w+|listez?|donnez?(?:[-\ ]moi)?\ (?:la\ liste|les|des)
        |give\ (?:me\ )?(?:the\ |all\ )?list)\b
    # "which tracks …", "which people …", "which two firms …": a plural
    | \b(?:which|what)\ (?!(?:is|was|does|did|do|has|have|can|are|were|will|would|could|should)\b)
        (?:(?!does\b|has\b|was\b|this\b|its\b)\w{2,}[^\Wsui]s|people|two|three|four|five|six|seven)\b
    # "what European projects …": a plural that is no verb, for no object follows it ("which licence covers the server")
    | \b(?:which|what)\ (?!(?:is|was|does|did|do|has|have|can|are|were|will|would|could|should)\b)
        [\w-]+\ (?!does\b|has\b|was\b|this\b|its\b)\w{2,}[^\Wsui]s
        (?!\ (?:(?:the|an?|my|me|our|us|your?|its?|this|any|all|every)\b|(?-i:[A-Z])))
    | \bwhich\ of\b | \bwho\ (?:are|were)\b | \bwhat\ (?:are|were)\b | \ball\ (?:the\ )?\w+s\b
    | \bthe\ (?:two|three|four|five|six|seven|eight|nine|ten)\ (?:[\w-]+\ )?\w+s\b
    | \bles\ (?:deux|trois|quatre|cinq|six|sept|huit|neuf|dix)\ \w+s\b
    | \b(?:quels|quelles|lesquels|lesquelles)\b | \bqui\ sont\b | \b(?:tous|toutes)\ les\b
    # what replaces a thing is seldom one thing, and a comparison needs two
    | \b(?:replac|remplac|alternatives?\ )\w* | {COMPARED}
    """.replace("{COMPARED}", _COMPARED),
    _FLAGS,
)
COMPARISON = re.compile(_COMPARED, _FLAGS)

# "which talks are about …", "quelles conférences parlent de …": what stands behind it is the topic.
DOCUMENTS = re.compile(
    r"""^\W*(?:which|what|list|name|show|give|are\ there|quels|quelles|listez?|citez?|donnez?|y\ a-t-il)\b[^?]{0,30}?
    \b(?:talks?|sessions?|documents?|presentations?|conf[ée]rences?|expos[ée]s|pr[ée]sentations?)\b
    (?:\ (?:of|at|in|à|au|de|du)\ (?:the\ |la\ |l')?
        (?:event|show|salon|osxp(?:\ 2025)?|open\ source\ experience(?:\ 2025)?|conf[ée]rence))?
    (?:\ (?:that|which|are|were|is|there|do|did|we|have|had|talk|talked|speak|deal|mention|cover|covered|discuss
        |discussed|qui|sont|parlent|parle|traitent|portent|portaient|abordent|évoquent|concernent|ont|été
        |consacrée?s?)\b)*
    (?:\ (?:about|on|of|with|related\ to|devoted\ to|for|the
        |(?:de|sur|à)\ (?:la|l')|sur\ les?|du|des|de|d'|sur|au|aux|à|la|le|les|l')(?:\b|(?<='))\ ?)*
    """,
    _FLAGS,
)

# The first kind whose pattern is found is expected.
EXPECTED: tuple[tuple[Expected, re.Pattern[str]], ...] = (
    (
        "date",
        re.compile(
            r"""\b(?:(?:since\ )?when | (?:what|which)\ (?:year|date|day|month)s? | (?:depuis\ )?quand | à\ quelle\ date
            | quelles?\ (?:année|date)s? | quels?\ (?:jours?|mois) | dates?\ (?:of|de|du|d') | release\ date
            | how\ (?:far\ back|long\ ago) | deadline | échéance)(?:\b|(?<='))""",
            _FLAGS,
        ),
    ),
    (
        "number",
        re.compile(
            r"""\b(?:how\ (?:many|much|big|large|long|old)\b(?!\ ago) | what\ (?:percentage|share|budget|amount)
            | combien | number\ of | nombre\ d[e']
            | quel(?:le)?\ (?:part|pourcentage|budget|montant|nombre) | cost | price | fines? | amendes?)\b""",
            _FLAGS,
        ),
    ),
    (
        "place",
        re.compile(
            r"""\b(?:where | (?:which|what)\ (?:\w+\ )?(?:city|town|place|venue|country|room|address) | où
            | dans\ quel(?:le)?\ (?:ville|pays|salle|lieu) | quel(?:le)?\ (?:lieu|ville|pays|adresse))\b""",
            _FLAGS,
        ),
    ),
    (
        "person",
        re.compile(
            r"""\b(?:who|whom|whose|qui)\b(?!\ sont)
            | \b(?:which|what)\ (?:company|firm|person|people|organi[sz]ation|vendor|foundation)\b
            | \bquel(?:le)?\ (?:entreprise|société|personne|organisation|éditeur|fondation)\b | \bname\ the\b""",
            _FLAGS,
        ),
    ),
    (
        "definition",
        re.compile(
            r"""^\W*(?:
                what(?:'s|\ is|\ are)(?:\ an?|\ the)?\ [\w.:-]+(?:\ [\w.:-]+)?\W*$
                | (?:qu['\ ]est[-\ ]ce\ que? | c'est\ quoi | define | definition\ of | définis | définition
                    | explain\ what)\b
                | [\w.:-]+\W*$
            ) | \bwhat\ does\ .+\ (?:mean|stand\ for)\b | \bque\ (?:signifie|veut\ dire)\b | \bmeaning\W*$
            | \bwhat(?:'s|\ is)\ (?:that|it|this)\b | \bin\ plain\ (?:words|english)\b
            | \bc'est\ quoi\W*$ | \bkézako\b | \b(?:veut\ dire|sert\ à)\ quoi\b | \bwhat\ does\ .+\ do\W*$""",
            _FLAGS,
        ),
    ),
)

MONTHS = (
    "january|february|march|april|june|july|august|september|october|november|december|"
    "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
)
_NUMBERS = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|"
    "deux|trois|quatre|cinq|sept|huit|neuf|dix|onze|douze|douzaines?"
)
# What a sentence must hold to be of an expected kind.
HOLDS: dict[Expected, re.Pattern[str]] = {
    # "may" is a verb more often than a month
    "date": re.compile(rf"(?<!/)\b(?:19|20)\d\d\b(?!/) | \b(?-i:May) | \b(?:{MONTHS})\b", _FLAGS),
    "number": re.compile(rf"\b(?!(?:19|20)\d\d\b)\d[\d.,]*\b | \b(?:{_NUMBERS})\b", _FLAGS),
    # a first and a last name, or a company
    "person": re.compile(
        r"""\b(?!Open\ Source|Source\ Experience)[A-ZÉÈ][\w'’-]+\ [A-ZÉÈ][\w'’-]+
        | \b(?:by|par|company|société)\ [A-Z]\w+""",
        re.VERBOSE,
    ),
    "place": re.compile(
        r"\b(?:in|at|on|à|au|aux|en|chez|sur)\s+(?:the\s+|la\s+|le\s+|l['’])?[A-ZÉÈ]\w+",
    ),
    "definition": re.compile(
        r"""\b(?:is|are|was|est|sont|means|désigne|signifie),?\ (?:an?|the|un|une|le|la|l'|of|du|de)\b
        | \b(?:full\ name|nom\ complet)\b | \w,\ (?:an?|une?)\ \w""",
        _FLAGS,
    ),
}

# A sentence that says only that a thing is not told ("the room is not documented"). What denies a thing ("the article
# does not name it") says something, and is none of these.
_TOLD = r"(?:documented|stated|given|known|told|specified|disclosed|indicated)"
_DITE = r"(?:document|indiqu|pr[ée]cis|communiqu|donn)[ée]e?s?|connue?s?|dite?s?"
UNTOLD = re.compile(
    rf"""\b(?:is|are|was|were|been)\ (?:not|nowhere)\ (?:\w+\ ){{0,2}}{_TOLD}\b
    | \b(?:does|do|did)\ not\ (?:say|state|tell|specify|disclose)\b | \bsays?\ nothing\b | \bgives?\ no\b
    | \b(?:is|are|remains?)\ unknown\b
    | \b(?:n['’](?:est|a|ont|était|étaient)|ne\ sont)\ (?:pas|nulle\ part)\ (?:\w+\ ){{0,2}}(?:{_DITE})\b
    | \bne\ (?:dit|disent|(?:précise|indique|communique)(?:nt)?)\ (?:pas|rien|ni|aucun)\w*\b
    | \bne\ donne(?:nt)?\ (?:ni|aucun)\w*\b
    | \b(?:est|sont|reste|restent)\ inconnue?s?\b""",
    _FLAGS,
)

# A word; dots, colons and hyphens may join its parts.
WORD = re.compile(r"[^\W_]+(?:[-.:]+[^\W_]+)*")
