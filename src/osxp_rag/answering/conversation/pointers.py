"""Words that point at something said before: "it", "son", "the second one", "the company from Spain". Patterns only."""

from __future__ import annotations

import re

_FLAGS = re.IGNORECASE | re.VERBOSE
_END = r"(?=\W*$|\s*[,;:?!.])"

# What stands for the place in a list; the number is the place, from 1, -1 the last.
ORDINALS = (
    (1, r"first|1st|former|premi(?:er|ère)|1(?:er|ère)"),
    (2, r"second|2nd|deuxième|seconde?|2e|2ème"),
    (3, r"third|3rd|troisième|3e|3ème"),
    (4, r"fourth|4th|quatrième|4e|4ème"),
    (-1, r"last|latter|derni(?:er|ère)"),
)
_ORDINAL = "|".join(pattern for _, pattern in ORDINALS)
_FOLLOWS = rf"(?:{_END}|(?=\ (?:is|was|has|does|est|était|a|sert|dit)\b))"
ORDINAL = re.compile(
    rf"""\b(?:the|this)\ (?P<en>{_ORDINAL})\ (?:one|answer|choice|option|document|talk|item)\b
    | \bthe\ (?P<en2>{_ORDINAL}){_FOLLOWS}
    | (?:\bl[ae]\ )(?P<fr>{_ORDINAL})(?:\ (?:choix|option|réponse|document|conférence))?{_FOLLOWS}
    | ^\W*(?:number\ |no\.?\ |numéro\ |n°\ ?)?(?P<digit>[1-9])\W*$""",
    _FLAGS,
)
OTHER = re.compile(
    rf"""\bthe\ others?\ ?(?:one|ones|two)?\b(?!\ \w+s\b)
    | \bl'autre{_FOLLOWS} | \bles\ (?:autres|deux)(?:{_END}|(?=\ (?:sont|ont)\b))""",
    _FLAGS,
)

_THING_EN = (
    r"(?:project|tool|software|company|firm|product|platform|service|protocol|standard|talk|session|presentation"
    r"|foundation|association|library|framework|study|fund|regulation|law|directive|programme|program|movement)"
)
_PERSON_EN = r"(?:speakers?|presenters?|founders?|author|person|man|woman|guy|director|chair)"
_THING_FR = (
    r"(?:projet|outil|logiciel|entreprise|société|boîte|produit|plateforme|service|protocole|norme|conférence|session"
    r"|exposé|présentation|fondation|association|bibliothèque|étude|fonds|règlement|loi|directive|programme|mouvement)"
)
_PERSON_FR = r"(?:intervenante?s?|oratrice|orateur|fondateurs?|auteur|personne|homme|femme|type|directeur|présidente?)"
_NOBODY = r"(?!\ y\ a\b|\ faut\b|\ s'agit\b|\ existe\b|\ est\ (?:possible|vrai)\b)"

# What stands for something said before. A group's name, without its digit, is the kind.
REFERENCES = {
    "en": re.compile(
        rf"""\b(?P<possessive>its|their)\b(?=\ \w) | \b(?P<personal>his|her)\b(?=\ [a-z])
        | \b(?P<person>he|she|him)\b | \b(?P<person2>her)\b{_END}
        | \b(?P<thing>(?-i:[Ii]t))\b
        | \b(?P<plural>they|them)\b | \b(?P<plural2>those|these|both(?:\ of\ them)?){_END}
        | \b(?P<plural3>these\ (?:two|three|tools|projects|solutions))\b
        | \b(?P<thing2>(?:this|that)\ (?:one|{_THING_EN}))\b | \b(?P<person3>(?:this|that)\ {_PERSON_EN})\b
        | \b(?P<thing3>the\ one)\b
        | \b(?P<thing4>(?:this|that)){_END} | \b(?:is|was)\ (?P<thing5>(?:this|that))\b
        | \b(?P<noun>the\ {_THING_EN})\b | \b(?P<role>the\ {_PERSON_EN})\b""",
        _FLAGS,
    ),
    "fr": re.compile(
        rf"""(?:^|(?<=[\s,;(]))(?P<subject>ils?|elles?)\b{_NOBODY}
        | (?<=qu')(?P<subject2>ils?|elles?)\b{_NOBODY}
        | -(?P<inverted>ils?|elles?)\b
        | \b(?P<object>(?:celui|celle|ceux|celles)(?:-ci|-là)|ce(?:t|tte)?\ {_THING_FR}|ce(?:tte)?\ dernière?)\b
        | \b(?P<personne>ce(?:t|tte)?\ {_PERSON_FR})\b
        | \b(?P<possessive>son|sa|ses|leurs?)\b(?=\ \w)
        | \b(?:qui|on|quand|comment|pourquoi|où|ils?|elles?|quel(?:le)?s?\ \w+)
            \ (?P<clitic>l')(?=a\b|ont\b|avait\b|utilis)
        | \b(?:qui|on)\ (?P<clitic2>la|le|les)\ (?=[a-zà-ÿ]+(?:e|ent|t|d|a)\b)
        | \b(?P<demonstrative>ça|cela|ceci)\b | \b(?P<demonstrative2>c')(?=est\b|était\b)
        | \best-(?P<demonstrative3>ce)\b(?!\ qu)
        | \b(?P<lui>lui|eux)\b
        | \b(?P<noun>(?:le\ |la\ |l'){_THING_FR})\b | \b(?P<role>(?:le\ |la\ |l'){_PERSON_FR})\b""",
        _FLAGS,
    ),
}
# The same words where they stand for nothing.
EXPLETIVE = {
    "en": re.compile(
        r"""\b(?:is|was)\ it\ (?:true|possible|worth|necessary|easy|hard|ok|okay|that)\b
        | \bit\ (?:is|was)\ (?:true|possible)\b | \bwhat\ time\ is\ it\b | \bmakes?\ it\ (?:possible|easy|hard)\b""",
        _FLAGS,
    ),
    "fr": re.compile(
        r"""\b(?:il\ y\ a | y\ a-t-il | est-il\ (?:vrai|possible) | faut-il | s'agit-il | existe-t-il
        | quelle\ heure\ est-il)\b""",
        _FLAGS,
    ),
}

# A thing told only by where it is from; the group is where.
DESCRIBED = re.compile(
    r"""\b(?:the|le|la|l')\s?(?:project|tool|company|firm|foundation|association|organi[sz]ation|university|projet|outil
        |entreprise|société|boîte|fondation|université)
    (?:\s(?:from|in|of|based\sin)\s(?!the\b)((?-i:[A-ZÀ-Þ])[\w'-]+)
       |\s(?:d'|de\sla\s|de\sl'|de\s|du\s|en\s|au\s)((?-i:[A-ZÀ-Þ])[\w'-]+)
       |\s(française?|allemande?|italienne?|espagnole?|européenne?|américaine?))\b
    | \bthe\s(french|german|italian|spanish|european|american|dutch|finnish)\s
      (?:project|tool|company|firm|foundation|association|organi[sz]ation|university|one)\b""",
    _FLAGS,
)
