"""The wording of follow-ups, in English and French: what leans on an earlier turn, and on what of it.

Patterns and word lists only, so that a phrase can be mended in one place.
"""

from __future__ import annotations

import re

_FLAGS = re.IGNORECASE | re.VERBOSE
_END = r"(?=\W*$|\s*[,;:?!.])"

# Words before a follow-up that say nothing.
LEAD = re.compile(
    r"""^\W*(?:(?:ok(?:ay)?|thanks?(?:\ you)?|great|right|well|hmm+|so|merci|super|bien|d'accord|alors|du\ coup|bon|donc
        |oui|yes|euh|ah|oh)\b[\s,.!…]+(?=\w))+""",
    _FLAGS,
)

# "and …", "what about …": what follows is a fragment, or a question of its own.
AND = {
    "en": re.compile(
        r"^\W*(?:and|but|or|also|plus|then)?\W*(?:what\ about|how\ about|and|but|or|also|same\ (?:question\ )?for)\b\s*",
        _FLAGS,
    ),
    "fr": re.compile(
        r"""^\W*(?:et|mais|ou|sinon|idem)\b\s*(?:qu'en\ est-il\ (?:de\ la|de\ l'|du|des|de|d')\b\s*)?
        |^\W*(?:qu'en\ est-il|quid)\ (?:de\ la|de\ l'|du|des|de|d')(?:\b|(?<='))\s*|^\W*même\ question\ pour\s*""",
        _FLAGS,
    ),
}
PREPOSITION = re.compile(
    r"""^(?:for|with|in|at|on|by|of|from|about|pour|avec|en|à|au|aux|chez|dans|sur|du|des|de|côté)\ (?:(?:the|la|le|les)\ |l')?
    |^(?:d'|l'|(?:the|a|an|la|le|les|un|une|its|their|his|her|son|sa|ses|leurs?)\ )""",
    _FLAGS,
)
ASKS = {
    "en": re.compile(
        r"""\b(?:who|whom|whose|what|when|where|how|which|why)(?:'s)?\b
        |^\W*(?:is|are|was|were|does|do|did|can|could|has|have|had|will|would|should|tell|give|list|name|show
            |summari[sz]e|explain|compare|define|describe)\b""",
        _FLAGS,
    ),
    "fr": re.compile(
        r"""\b(?:qui|que|quoi|quand|où|comment|combien|pourquoi|quels?|quelles?|lequel|laquelle|lesquel(?:le)?s
            |est-ce)\b | \bqu' | \w-(?:t-)?(?:il|elle|ils|elles|on|ce)\b
        |^\W*(?:résume|donne|cite|liste|explique|parle|dis|compare|définis|décris|y\ a)""",
        _FLAGS,
    ),
}

# Words by themselves that ask again, of what was asked before: "why?", "since when?".
BARE = re.compile(
    r"""^\W*(?:why(?:\ not|\ is\ that)?|how(?:\ so|\ come)?|when(?:\ exactly)?|since\ when|where(?:\ exactly)?|who(?:\ exactly)?
        |how\ much|how\ many|by\ whom|pourquoi(?:\ (?:pas|ça))?|comment(?:\ ça)?|(?:depuis\ )?quand(?:\ (?:ça|exactement))?
        |où(?:\ (?:ça|exactement))?|qui(?:\ ça)?|combien|par\ qui)\W*$""",
    _FLAGS,
)
# "is there …": there, in what was spoken of.
EXISTS = re.compile(
    r"^\W*(?:(?:is|are|was|were)\ there|(?:est-ce\ qu')?il\ (?:y\ a|existe)|y\ a-t-il|existe-t-il)\b", _FLAGS
)
MORE = re.compile(
    r"""^\W*(?:(?:can\ you\ |could\ you\ |please\ )*(?:tell\ me\ )?more(?:\ (?:details?|please|about\ (?:it|that|this)))*
        |(?:say|tell\ me)\ more(?:\ about\ (?:it|that|this|them))?|go\ on|continue|details|elaborate|what\ else
        |(?:any|some)thing\ else|plus(?:\ de\ détails?|\ d'infos?)?|encore|continue[rz]?|développe[rz]?
        |(?:dis|dites)[-\ ](?:m'en|moi\ en)\ (?:un\ peu\ )?plus|(?:j'aimerais\ )?(?:en\ savoir|savoir)\ plus
        |parle[-\ ]m'en(?:\ plus)?|quoi\ d'autre|et\ encore|la\ suite)(?:\W+(?:please|s'il\ (?:te|vous)\ pla[iî]t|stp|svp))?\W*$""",
    _FLAGS,
)
YES = re.compile(
    r"""^\W*(?:yes|yeah|yep|yup|sure|of\ course|exactly|please(?:\ do)?|oui|ouais|bien\ sûr|volontiers|tout\ à\ fait
        |exactement|carrément)(?:\W+(?:please|s'il\ (?:te|vous)\ pla[iî]t|merci|stp|svp|go\ on|volontiers))?\W*$""",
    _FLAGS,
)
IN_LANGUAGE = re.compile(
    r"""^\W*(?:(?:and|et|now|please|or|ou)\W+)*
        (?:(?:can|could)\ you\ )?(?:(?:say|answer|repeat|translate|tell\ me|give|réponds?|répondez|redis|dis|traduis)(?:[\ -](?:it|that|this|me|moi|le|la|ça))*\ )?
        (?:(?:(?:in|into|en)\ )(?P<name>english|french|anglais|français)
        |(?P<other>english|french|anglais|français))
        (?:\W+(?:please|now|s'il\ (?:te|vous)\ pla[iî]t|stp|svp))*\W*$""",
    _FLAGS,
)
LANGUAGES = {"english": "en", "anglais": "en", "french": "fr", "français": "fr"}

# "the second one", "le dernier"; the number of the group is the place, from 1, -1 the last.
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
    r"""\bthe\ others?\ ?(?:one|ones|two)?\b(?!\ \w+s\b) | \b(?:l'autre|les\ (?:autres|deux))\b(?!\ [a-zà-ÿ]{3,}s?\b(?<!est)(?<!sont))""",
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

# What stands for something said before, surest kinds first; the name of the group is the kind.
REFERENCES = {
    "en": re.compile(
        rf"""\b(?P<possessive>its|their)\b(?=\ \w)
        | \b(?P<personal>his|her)\b(?=\ [a-z])
        | \b(?P<person>he|she|him)\b | \b(?P<person2>her)\b{_END}
        | \b(?P<thing>(?-i:[Ii]t))(?='s\b|\b)
        | \b(?P<plural>they|them|those|these|both(?:\ of\ them)?){_END}| \b(?P<plural2>they|them|these\ (?:two|three|tools|projects|solutions))\b
        | \b(?P<thing2>(?:this|that)\ (?:one|{_THING_EN}))\b
        | \b(?P<person3>(?:this|that)\ {_PERSON_EN})\b
        | \b(?P<thing3>the\ one)\b
        | \b(?P<thing4>(?:this|that)){_END} | \b(?:is|was)\ (?P<thing5>(?:this|that))\b
        | \b(?P<noun>the\ {_THING_EN})\b | \b(?P<role>the\ {_PERSON_EN})\b""",
        _FLAGS,
    ),
    "fr": re.compile(
        rf"""(?:^|(?<=[\s,;]))(?:-|\b)(?<![-t]-)\b(?P<subject>ils?|elles?)\b(?!\ y\ a\b|\ faut\b|\ s'agit\b|\ existe\b|\ est\ possible\b)
        | (?<=qu')(?P<subject2>ils?|elles?)\b(?!\ y\ a\b|\ faut\b|\ s'agit\b|\ existe\b)
        | (?<!\by\ a)(?<!\by\ a-t)(?<!faut)(?<!agit)(?<!existe-t)-(?P<inverted>ils?|elles?)\b(?!\ possible)
        | \b(?P<object>(?:celui|celle|ceux|celles)(?:-ci|-là)|ce(?:t|tte)?\ {_THING_FR}|ce(?:tte)?\ dernière?)\b
        | \b(?P<personne>ce(?:t|tte)?\ {_PERSON_FR})\b
        | \b(?P<possessive>son|sa|ses|leurs?)\b(?=\ \w)
        | \b(?:qui|on|quand|comment|pourquoi|où)\ (?P<clitic>l[’'](?=a\b|ont\b|avait\b|utilis|a\s)|(?:le|la|les)(?=\ [a-zà-ÿ]+(?:e|ent|t|d|a)\b))
        | \b(?:ils?|elles?)\ (?P<clitic2>l['’])(?=a\b|ont\b)
        | \b(?P<demonstrative>(?:ça|cela|ceci)|c['’](?=est|était|es\b)) | \best-(?P<demonstrative2>ce)\b(?!\ qu)
        | \b(?P<lui>lui|eux)\b
        | \b(?P<noun>(?:le\ |la\ |l'){_THING_FR})\b | \b(?P<role>(?:le\ |la\ |l'){_PERSON_FR})\b""",
        _FLAGS,
    ),
}
EXPLETIVE = {
    "en": re.compile(
        r"""\b(?:is|was)\ it\ (?:true|possible|worth|necessary|easy|hard|ok|okay|that)\b | \bit\ (?:is|was)\ (?:true|possible)\b
        | \bwhat\ time\ is\ it\b | \bmake\ it\ possible\b""",
        _FLAGS,
    ),
    "fr": re.compile(
        r"""\b(?:il\ y\ a|y\ a-t-il|est-il\ (?:vrai|possible)|faut-il|s'agit-il|existe-t-il|quelle\ heure\ est-il)\b""",
        _FLAGS,
    ),
}

# What may be asked of anything: a question of these words alone says nothing of what it is about.
ATTRIBUTES = {
    "en": """licence license licensed version versions release released releases date dates year month day time hour room
        title name named called speaker presenter author maker founder founders creator creators developer vendor price
        cost costs language start started starts begin began end ended finish make makes made create created creates
        develop developed develops publish published maintain maintained maintains fund funded found founded use used
        uses write written wrote programming code based country city place address run runs work works compatible
        support supported supports mean means stand stands come came first last latest new newest old oldest big small
        next previous one ones thing things give gave given launch launched announce announced get got long exactly
        happen happened happens kind type role goal purpose point full website site link video slides free paid number
        exist exists located headquarters size age else say says do does really actually still already budget team
        amount total value due takes take took stop stopped owner owns own built build job field cover covers mention
        said yet also too ever able rename renamed behind initial current currently now today""".split(),
    "fr": """licence version versions sorti sortie sorties sortir date dates année an mois jour heure salle titre nom
        appelle appelé intervenant orateur auteur éditeur fondateur créateur développeur prix coûte coût coûter langue
        langage début commence commencé fin fini fait faire font créé créée crée créer développe développé développer
        publie publié publiée maintient financé finance fondé fondée utilise utilisé utiliser écrit écrite programmé
        code basé basée pays ville lieu adresse marche fonctionne compatible prend supporte signifie veut dire sert
        servir premier première dernier dernière nouveau nouvelle ancien grand grande petit petite prochain chose truc
        donné donne donner lancé lancée annoncé annoncée exactement arrive arrivé type rôle but objectif complet site
        lien vidéo gratuit payant nombre existe situé siège taille âge autre autres aussi encore vraiment déjà toujours
        budget équipe montant total valeur environ juste présenté présente présenter parlé parle dit quoi bosse
        travaille habite nommé renommé propriétaire construit métier poste actuel actuelle aujourd'hui maintenant
        s'appelle""".split(),
}

# Words that say nothing at all, beside those that retrieval passes over.
FILLERS = {
    "en": "many much often far well like good else there please ok okay hmm actually really".split(),
    "fr": """a ça cela ceci celui celle ceux celles cette cet plus bien très comme alors si donc puis ici là tout tous toute
        toutes sous entre depuis avant après vers sans chez lors dès parmi fois quelque svp stp peu juste vraiment oui non
        ci là-dessus dessus dedans""".split(),
}

# "the project from Germany", "la boîte française": a thing told only by where it is from; the group is where.
DESCRIBED = re.compile(
    r"""\b(?:the|le|la|l['’])\s?(?:project|tool|company|firm|foundation|association|organi[sz]ation|university|projet|outil
        |entreprise|société|boîte|fondation|université)
    (?:\s(?:from|in|of|based\sin)\s(?!the\b)((?-i:[A-ZÀ-Þ])[\w'’-]+)
       |\s(?:d['’]|de\sla\s|de\sl['’]|de\s|du\s|en\s|au\s)((?-i:[A-ZÀ-Þ])[\w'’-]+)
       |\s(française?|allemande?|italienne?|espagnole?|européenne?|américaine?))\b
    | \bthe\s(french|german|italian|spanish|european|american|dutch|finnish)\s
      (?:project|tool|company|firm|foundation|association|organi[sz]ation|university|one)\b""",
    _FLAGS,
)
