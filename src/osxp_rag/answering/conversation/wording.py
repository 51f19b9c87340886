"""The wording of follow-ups, in English and French: "and …", "why?", "more", "in French?". Patterns only."""

from __future__ import annotations

import re

_FLAGS = re.IGNORECASE | re.VERBOSE
_PLEASE = r"(?:\W+(?:please|now|merci|volontiers|go\ on|s'il\ (?:te|vous)\ pla[iî]t|stp|svp))*"

# Words before a follow-up that say nothing.
LEAD = re.compile(
    r"""^\W*(?:(?:ok(?:ay)?|thanks?(?:\ you)?|great|right|well|hmm+|so|merci|super|bien|d'accord|alors|du\ coup|bon|donc
        |oui|yes|euh|ah|oh)\b[\s,.!…]+(?=\w))+""",
    _FLAGS,
)

# "and …", "what about …": what follows is a fragment, or a question of its own.
AND = {
    "en": re.compile(
        r"""^\W*(?:(?:and|but|or|also|plus|then)\W+)?
        (?:what\ about|how\ about|and|but|or|also|same\ (?:question\ )?for)\b\s*""",
        _FLAGS,
    ),
    "fr": re.compile(
        r"""^\W*(?:(?:et|mais|ou|sinon|idem)\b\s*)?(?:qu'en\ est-il|quid)\ (?:de\ la\ |de\ l'|du\ |des\ |de\ |d')
        | ^\W*(?:et|mais|ou|sinon|idem|même\ question)\b\s*""",
        _FLAGS,
    ),
}
ASKS = {
    "en": re.compile(
        r"""\b(?:who|whom|whose|what|when|where|how|which|why)(?:'s)?\b
        | ^\W*(?:is|are|was|were|does|do|did|can|could|has|have|had|will|would|should|tell|give|list|name|show
            |summari[sz]e|explain|compare|define|describe)\b""",
        _FLAGS,
    ),
    "fr": re.compile(
        r"""\b(?:qui|que|quoi|quand|où|comment|combien|pourquoi|quels?|quelles?|lequel|laquelle|lesquel(?:le)?s
            |est-ce)\b | \bqu' | \w-(?:t-)?(?:il|elle|ils|elles|on|ce)\b
        | ^\W*(?:résume|donne|cite|liste|explique|parle|dis|compare|définis|décris|y\ a)""",
        _FLAGS,
    ),
}

# Words by themselves that ask again, of what was asked before.
BARE = re.compile(
    r"""^\W*(?:why(?:\ not|\ is\ that)? | how(?:\ so|\ come)? | (?:since\ )?when(?:\ exactly)? | where(?:\ exactly)?
        | who(?:\ exactly)? | how\ (?:much|many) | by\ whom
        | pourquoi(?:\ (?:pas|ça))? | comment(?:\ ça)? | (?:depuis\ )?quand(?:\ (?:ça|exactement))?
        | où(?:\ (?:ça|exactement))? | qui(?:\ ça)? | combien | par\ qui)\W*$""",
    _FLAGS,
)
# "is there …": there, in what was spoken of.
EXISTS = re.compile(
    r"^\W*(?:(?:is|are|was|were)\ there|(?:est-ce\ qu')?il\ (?:y\ a|existe)|y\ a-t-il|existe-t-il)\b", _FLAGS
)
MORE = re.compile(
    rf"""^\W*(?:
        (?:can\ you\ |could\ you\ |please\ )*(?:(?:tell\ me|say)\ )?more(?:\ (?:details?|about\ (?:it|that|this|them)))*
        | go\ on | continue | details | elaborate | what\ else | (?:any|some)thing\ else
        | plus(?:\ de\ détails?|\ d'infos?)? | encore | continue[rz]? | développe[rz]?
        | (?:dis|dites)[-\ ](?:m'en|moi\ en)\ (?:un\ peu\ )?plus | (?:j'aimerais\ )?(?:en\ savoir|savoir)\ plus
        | parle[-\ ]m'en(?:\ plus)? | quoi\ d'autre | et\ encore | la\ suite
    ){_PLEASE}\W*$""",
    _FLAGS,
)
YES = re.compile(
    rf"""^\W*(?:yes | yeah | yep | yup | sure | of\ course | exactly | please(?:\ do)?
        | oui | ouais | bien\ sûr | volontiers | tout\ à\ fait | exactement | carrément){_PLEASE}\W*$""",
    _FLAGS,
)
IN_LANGUAGE = re.compile(
    rf"""^\W*(?:(?:and|et|now|please|or|ou)\W+)* (?:(?:can|could)\ you\ )?
        (?:(?:say|answer|repeat|translate|tell\ me|give|réponds?|répondez|redis|dis|traduis)
            (?:[\ -](?:it|that|this|me|moi|le|la|ça))*\ )?
        (?:(?:in|into|en)\ )?(?P<name>english|french|anglais|français){_PLEASE}\W*$""",
    _FLAGS,
)
LANGUAGES = {"english": "en", "anglais": "en", "french": "fr", "français": "fr"}
