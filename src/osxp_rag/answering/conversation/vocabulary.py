"""Words that tell nothing of what a question is about, in English and French."""

from __future__ import annotations

# What may be asked of anything: a question of these words alone has no subject.
ATTRIBUTES = {
    "en": """
        licence license licensed version versions release released releases date dates year month day time hour room
        title name named called speaker presenter author maker founder founders creator creators developer vendor price
        cost costs language start started starts begin began begins end ended finish make makes made create created
        creates develop developed develops publish published publishes maintain maintained maintains fund funded funding
        found founded use used uses write written wrote programming code based country city place address run runs work
        works compatible support supported supports mean means stand stands come came first last latest new newest old
        oldest big small next previous one ones thing things give gave given launch launched announce announced get got
        long large tall high fast wide exactly happen happened happens kind type role goal purpose point full website
        site link video slides free paid number exist exists located headquarters size age say says do does still
        already budget team amount total value due takes take took stop stopped owner owns own built build job field
        cover covers mention said yet also too ever able rename renamed behind initial current currently now today
    """.split(),
    "fr": """
        licence version versions sorti sortie sorties sortir date dates année an mois jour heure salle titre nom appelle
        appelé intervenant orateur auteur éditeur fondateur créateur développeur prix coûte coût coûter langue langage
        début commence commencé fin fini fait faire font créé créée crée créer développe développé développer publie
        publié publiée maintient financé finance fondé fondée utilise utilisé utiliser écrit écrite programmé code basé
        basée pays ville lieu adresse marche fonctionne compatible prend supporte signifie veut dire sert servir premier
        première dernier dernière nouveau nouvelle ancien grand grande petit petite prochain chose truc donné donne
        donner lancé lancée annoncé annoncée exactement arrive arrivé type rôle but objectif complet site lien vidéo
        gratuit payant nombre existe situé siège taille âge autre autres aussi encore déjà toujours budget équipe rapide
        haut large montant total valeur environ présenté présente présenter parlé parle dit quoi bosse travaille habite
        nommé renommé propriétaire construit métier poste actuel actuelle aujourd'hui maintenant s'appelle
    """.split(),
}
# Words that say nothing at all, beside those that retrieval passes over.
FILLERS = {
    "en": "many much often far well like good else there please ok okay hmm actually really".split(),
    "fr": """
        a ça cela ceci celui celle ceux celles cette cet plus bien très comme alors si donc puis ici là tout tous toute
        toutes sous entre depuis avant après vers sans chez lors dès parmi fois quelque svp stp peu juste vraiment oui
        non ci là-dessus dessus dedans
    """.split(),
}
