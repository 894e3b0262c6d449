"""Fifty briefs in five languages, of every kind of film: sentences, pages, steps and scripts."""

BRIEFS = {
    "en": [
        "A lighthouse keeper's last night before the light is switched off for ever",
        "Make a 30 second film about a fishing boat that leaves the harbour at dawn and comes home in the evening.",
        "How do bees make honey?",
        "A trailer: a detective follows a stranger through the fog in Venice, and finds an empty boat",
        "How to bake sourdough bread:\n1. Mix flour, water and salt\n2. Let the dough rest overnight\n3. Fold it"
        " twice\n4. Bake it until the crust sings",
        "Commercial for our new e-bike in the city",
        "A calm poem about snow in the forest",
        "A weekend in Lisbon: trams, tiles, coffee and the evening light over the river",
        "Quantum entanglement explained",
        "INT. KITCHEN - MORNING\nA kettle on the stove, steam at the window.\nNARRATOR: Every day begins with tea.\n"
        "EXT. HARBOUR - NIGHT\nA ship leaves the quay.\nNARRATOR: And some days end with a goodbye.",
    ],
    "de": [
        "Ein Film über einen Fuchs, der im verschneiten Wald seinen Weg nach Hause sucht",
        "Die letzte Nacht des Leuchtturmwärters",
        "Warum ist der Himmel am Abend rot?",
        "Trailer: Ein Roboter wacht in einer leeren Stadt auf und hört Musik",
        "Anleitung: Kaffee kochen\n1. Bohnen mahlen\n2. Wasser erhitzen\n3. Langsam aufgießen",
        "Werbespot für unser neues E-Bike in der Stadt",
        "Ein ruhiges Gedicht über den Regen auf dem See",
        "Ein Tag in Wien: Straßenbahn, Kaffee, der Dom und am Abend ein Konzert mit Geige",
        "Ein Junge lässt am Strand einen Papierdrachen steigen. Der Wind reißt ihn fort. Der Drachen fliegt über das"
        " Meer, über ein Schiff und über eine Insel. Am Abend findet ihn ein Fischer. Er bringt ihn zurück.",
        "SZENE 1: Hafen, Morgen\nMöwen über den Booten.\nErzähler: Der Tag beginnt leise.\nSZENE 2: Meer, Sturm\n"
        "Ein Schiff in den Wellen.\nErzähler: Und dann kommt der Wind.",
    ],
    "fr": [
        "Un petit film poétique sur un phare dans la tempête",
        "Une petite fille suit un chat dans les rues de Paris, la nuit",
        "Pourquoi la mer est-elle salée ? Une vidéo explicative",
        "Bande-annonce : un chevalier traverse la forêt pour trouver le dragon",
        "Recette du pain\n1. Mélanger la farine et l'eau\n2. Laisser reposer la pâte\n3. Cuire le pain au four",
        "Publicité pour notre nouveau parfum",
        "Une journée à Lyon : le marché, le fleuve, les ponts et les lumières du soir",
        "Les vieux pêcheurs du village se retrouvent à l'aube sur le quai, et personne ne parle",
        "Le dernier train de la nuit",
        "Il était une fois un boulanger qui vivait dans les montagnes. Chaque matin, il allumait son four avant l'aube."
        " Le village se réveillait avec l'odeur du pain. Un jour, la neige ferma la route. Alors le boulanger descendit"
        " la vallée à pied, avec le pain dans son sac.",
    ],
    "es": [
        "Cómo se hace el pan de masa madre, paso a paso",
        "Un farero apaga la luz por última vez",
        "Una niña y su perro buscan la luna en el desierto",
        "Tráiler: el último dragón vuelve a las montañas",
        "¿Por qué cambian de color las hojas de los árboles en otoño?",
        "Anuncio de nuestra nueva bicicleta para la ciudad",
        "Un poema tranquilo sobre la lluvia en el bosque",
        "Un viaje por la costa: playas, barcas, un faro y el mercado del pueblo",
        "Un astronauta solo en el espacio escucha una guitarra",
        "Pasos para hacer té\n1. Calienta el agua\n2. Pon las hojas en la tetera\n3. Espera tres minutos\n4. Sirve",
    ],
    "it": [
        "Trailer: un detective a Venezia nella nebbia",
        "Il vecchio pescatore e il suo cane tornano nel porto al tramonto",
        "Perché le stelle brillano di notte?",
        "Come si fa la pizza\n1. Prepara l'impasto\n2. Lascialo riposare\n3. Stendilo piano\n4. Inforna",
        "Una poesia tranquilla sulla neve in montagna",
        "Spot per la nostra nuova macchina del caffè",
        "Un giorno a Roma: il mercato, le strade, una fontana e il tramonto sulla città",
        "Una bambina trova un aquilone nel bosco e lo porta sulla spiaggia",
        "La storia di un violino che passa di mano in mano",
        "Un treno attraversa la valle d'inverno. Nel vagone siede una donna con una lettera. Fuori cade la neve. La"
        " donna non apre la lettera. Al mattino il treno arriva in città.",
    ],
}
