"""The words the painter knows: each thing, and what people call it. Plurals are found by the reader."""

from __future__ import annotations

PLACES = {
    "room": "living room|bedroom|interior|indoors|studio|attic|library|cafe|office|desk|parlour|parlor|workshop",
    "kitchen": "kitchen|pantry|bakery|dining room",
    "cave": "cave|cavern|grotto|mine",
    "underwater": "underwater|under the sea|coral reef|reef|seabed|deep sea|ocean floor",
    "space": "space|outer space|galaxy|nebula|cosmos|orbit|universe|asteroid",
    "planet": "planet|alien|mars|moonscape|lunar|exoplanet|alien world|another world",
    "harbour": "harbour|harbor|port|marina|quay|dock|pier|jetty|wharf",
    "cliff": "cliff|headland|bluff|promontory|cape|sea cliff|clifftop|cliff top",
    "island": "island|isle|atoll|lagoon",
    "beach": "beach|coast|shore|seaside|seashore",
    "sea": "sea|ocean|waves|wave|water|bay",
    "lake": "lake|pond|loch|fjord|tarn",
    "river": "river|stream|creek|brook|canal|waterfall",
    "market": "market|bazaar|fair|stall|souk",
    "street": "street|alley|road|lane|avenue|boulevard|crossing|highway|square",
    "village": "village|town|hamlet|settlement",
    "city": "city|skyline|downtown|metropolis|skyscraper|rooftop|tokyo|new york|london|paris|cityscape|cyberpunk",
    "jungle": "jungle|rainforest|tropics|tropical",
    "snowfield": "snowfield|tundra|arctic|antarctica|glacier|ice|polar|north pole",
    "desert": "desert|dune|sahara|savanna|savannah|canyon|oasis|sand",
    "volcano": "volcano|lava|eruption|crater",
    "forest": "forest|wood|woodland|grove|taiga|pine forest|woods",
    "field": "field|meadow|prairie|farm|farmland|grassland|countryside|pasture|steppe|garden|park|orchard|vineyard",
    "mountains": "mountain|peak|alps|summit|ridge|range|highland|valley|himalaya|hill",
}
"""Ordered by how near they stand: of two named together, the first is stood in and the second seen behind it."""

HOURS = {
    "golden": "golden hour|golden light|late afternoon|afternoon sun|warm light",
    "sunset": "sunset|sundown|setting sun|evening sun",
    "dawn": "dawn|sunrise|daybreak|first light|rising sun",
    "dusk": "dusk|twilight|evening|evening light|blue hour|nightfall",
    "midnight": "midnight|dead of night|witching hour",
    "night": "night|night falls|moonlit|moonlight|starlit|starry|nighttime|nocturnal|aurora|northern light",
    "noon": "noon|midday|day|daylight|daytime|bright day|sunny|afternoon",
    "morning": "morning|morning light|breakfast",
}

WEATHERS = {
    "storm": "storm|stormy|thunder|thunderstorm|lightning|tempest|hurricane|gale",
    "rain": "rain|rain falls|light rain|rainy|raining|drizzle|shower|downpour|wet|monsoon",
    "snow": "snow|snow falls|light snow|snowing|snowy|blizzard|snowfall|snowflake",
    "fog": "fog|foggy|mist|misty|haze|hazy|smog",
    "clouds": "cloud|cloudy|overcast|grey sky|gray sky",
    "clear": "clear|cloudless|clear sky|blue sky",
}

SEASONS = {
    "spring": "spring|blossom|cherry blossom|sakura",
    "summer": "summer|summery",
    "autumn": "autumn|fall|autumnal|october|november",
    "winter": "winter|wintry|frost|frosty|frozen|december|christmas",
}

MOODS = {
    "melancholy": "melancholy|sad|lonely|loneliness|grief|wistful|sombre|somber|bleak|abandoned",
    "joyful": "joyful|happy|cheerful|joy|playful|bright|vivid|colourful|colorful|festive|vibrant",
    "mysterious": "mysterious|mystery|enigmatic|haunted|eerie|secret|strange|uncanny",
    "ominous": "ominous|horror|scary|menacing|dark|dread|sinister|nightmare|apocalyptic",
    "romantic": "romantic|love|tender|romance|lovers",
    "dreamy": "dreamy|dream|ethereal|magical|magic|fantasy|surreal|fairy tale|fairytale|enchanted",
    "epic": "epic|majestic|grand|heroic|dramatic|vast|awe",
    "calm": "calm|peaceful|serene|quiet|still|tranquil|gentle|soft|cozy|cosy",
}

STYLES = {
    "watercolour": "watercolour|watercolor|aquarelle|gouache",
    "ink": "ink|ink drawing|etching|engraving|woodcut|pen and ink|line art|linocut|manga|sumi",
    "paper": "paper|paper cut|papercut|paper cutout|cut out|cutout|collage|origami|diorama",
    "neon": "neon|synthwave|vaporwave|retrowave|cyberpunk|outrun|tron",
    "blueprint": "blueprint|schematic|technical drawing|cyanotype",
    "noir": "noir|film noir|black and white|monochrome|b w|bw",
    "oil": "oil|oil painting|impressionist|impressionism|van gogh|impasto|painterly",
    "pastel": "pastel|chalk|crayon|coloured pencil|colored pencil|children s book|storybook",
    "poster": "poster|flat|flat illustration|vector|travel poster|screen print|minimalist|illustration|cartoon|anime",
    "vintage": "vintage|sepia|old photograph|old film|retro|1930s|1920s|antique|super 8",
    "pixel": "pixel|pixel art|8 bit|16 bit|8bit|16bit",
    "cinematic": "cinematic|photo|photograph|photorealistic|realistic|film still|movie still|35mm|anamorphic",
}

CAMERAS = {
    "pan left": "pan left|pans left|panning left",
    "pan right": "pan right|pans right|panning right|pan|panning|tracking shot|tracking",
    "tilt up": "tilt up|tilts up|tilting up|crane up|tilt",
    "tilt down": "tilt down|tilts down|tilting down|crane down",
    "dolly in": "dolly in|push in|pushes in|dolly|approach|slow push|move closer|toward|towards|forward",
    "dolly out": "dolly out|pull out|pull back|pulls back|retreat|backward",
    "orbit": "orbit shot|orbiting|arc shot|circling|circle around|camera orbits",
    "zoom in": "zoom in|zooms in|zooming in|zoom|close up|closeup",
    "zoom out": "zoom out|zooms out|zooming out",
    "handheld": "handheld|hand held|shaky|documentary",
    "drone": "drone|aerial|flyover|bird s eye|birds eye|from above|fly over|flying over",
    "static": "static|locked|locked off|tripod|still camera|static shot|fixed camera",
}

SUBJECTS = {
    "fishing boat": "fishing boat|fishing boat sailing|fishing boats sailing|trawler|fisherman|boat|rowboat"
    "|rowing boat|dinghy|gondola|canoe|kayak|ferry",
    "sailboat": "sailboat|sailing boat|boat sailing|boats sailing|yacht|sail|sailing",
    "ship": "ship|sailing ship|sailing vessel|ship sailing|ships sailing|tall ship|galleon|schooner|pirate ship"
    "|steamer|frigate|vessel|cargo ship",
    "lighthouse": "lighthouse|beacon",
    "house": "house|cottage|farmhouse|home|barn",
    "cabin": "cabin|hut|shack|lodge",
    "castle": "castle|fortress|palace|tower|citadel|temple|ruin",
    "windmill": "windmill|mill",
    "church": "church|chapel|cathedral|monastery",
    "bridge": "bridge|viaduct|aqueduct",
    "tent": "tent|camp|campsite|camping",
    "campfire": "campfire|bonfire|fire",
    "couple": "couple|lovers|two people|friends|pair",
    "child": "child|kid|boy|girl|toddler|children|daughter|son",
    "woman": "woman|lady|mother|queen|dancer|bride|grandmother|princess|witch|she|her",
    "person": "person|man|people|figure|traveller|traveler|hiker|wanderer|father|king|soldier|someone|farmer|detective"
    "|grandfather|monk|musician|stranger|explorer|he|old man|men|keeper|samurai|knight|wizard",
    "astronaut": "astronaut|cosmonaut|spaceman",
    "robot": "robot|android|droid|mech",
    "fox": "fox",
    "wolf": "wolf|coyote",
    "dog": "dog|puppy|hound",
    "cat": "cat|kitten",
    "horse": "horse|pony|rider|horseman|stallion|foal",
    "deer": "deer|stag|elk|moose|reindeer|doe|antelope",
    "cow": "cow|cattle|bull|bison|buffalo|sheep|goat",
    "elephant": "elephant|mammoth",
    "bird": "bird|gull|seagull|crow|raven|swallow|eagle|geese|goose|flock|pigeon|hawk|owl|heron|crane",
    "whale": "whale|orca|dolphin",
    "fish": "fish|shark|shoal|tuna|salmon|goldfish",
    "jellyfish": "jellyfish|medusa|squid|octopus",
    "dragon": "dragon|wyvern",
    "car": "car|automobile|taxi|cab|truck|van|convertible|jeep",
    "bus": "bus|tram|streetcar|trolley",
    "train": "train|locomotive|railway|railroad|steam train",
    "bicycle": "bicycle|bike|cyclist",
    "balloon": "balloon|hot air balloon|airship|zeppelin",
    "plane": "plane|airplane|aeroplane|aircraft|jet|biplane|glider",
    "rocket": "rocket|spaceship|spacecraft|starship|shuttle",
    "ufo": "ufo|flying saucer",
    "satellite": "satellite|space station",
    "planet": "ringed planet|saturn|jupiter|gas giant|earth",
    "moon": "moon|crescent|full moon",
    "sun": "sun|sunlight",
    "stars": "star|starlight|milky way|constellation|comet|meteor",
    "aurora": "aurora|northern light|aurora borealis",
    "rainbow": "rainbow",
    "tree": "tree|oak|willow|apple tree|maple",
    "pine": "pine|fir|spruce|conifer|christmas tree",
    "palm": "palm|palm tree|coconut",
    "cactus": "cactus|cacti",
    "flowers": "flower|rose|tulip|poppy|wildflower|lavender|sunflower|daisy|lily|bouquet|petal",
    "mushroom": "mushroom|toadstool|fungus",
    "lantern": "lantern|lamp|street lamp|streetlight|lamppost|light",
    "candle": "candle|candlelight",
    "cup": "cup|mug|coffee|tea|teacup|espresso",
    "teapot": "teapot|kettle",
    "book": "book|diary|notebook|novel|manuscript",
    "bottle": "bottle|wine|potion",
    "bread": "bread|loaf|cake|pie",
    "fruit": "fruit|apple|orange|lemon|pear|pomegranate",
    "vase": "vase|pot|jug",
    "violin": "violin|cello|fiddle",
    "guitar": "guitar|ukulele|banjo|lute",
    "chair": "chair|armchair|bench|throne",
    "clock": "clock|watch|hourglass",
    "umbrella": "umbrella|parasol",
    "snowman": "snowman",
    "statue": "statue|monument|obelisk|monolith|pillar|pyramid",
    "door": "door|gate|portal|doorway|arch|archway",
    "kite": "kite",
    "waterfall": "waterfall|cascade",
    "fence": "fence",
    "rock": "rock|boulder|stone",
}

COLOURS = {
    "#c8372d": "red|scarlet|crimson|ruby|vermilion",
    "#e8803a": "orange|amber|tangerine|copper|rust",
    "#f0c43c": "yellow|golden|gold|lemon|mustard|saffron",
    "#3f8f52": "green|emerald|olive|moss|lime|jade",
    "#2a9d9a": "teal|turquoise|cyan|aqua",
    "#2f62b8": "blue|navy|cobalt|azure|sapphire|indigo",
    "#7a4aa6": "purple|violet|lilac|magenta|mauve",
    "#e58aa4": "pink|rose coloured|salmon pink|coral|blush",
    "#7b5236": "brown|chestnut|bronze|chocolate|wooden",
    "#f1ede2": "white|ivory|silver|pale|cream",
    "#8a8f96": "grey|gray|ash",
    "#1d1d22": "black|ebony|charcoal",
}

IDIOMS = (
    "coming home|come home|comes home|going home|go home|goes home|gone home|went home|way home|heading home|heads home"
    "|headed home|sailing home|sails home|sail home|walking home|walks home|walk home|driving home"
    "|drive home|riding home"
    "|ride home|returning home|returns home|return home|running home|flying home|at home|back home"
    "|home again|leaves home"
    "|leaving home|left home|far from home|soft light|last light|time of day|one day|spring tide"
)
"""Phrases that name nothing to be painted, whatever their words say alone."""

PLURALS = frozenset(
    [
        "ships sailing",
        "boats sailing",
        "fishing boats sailing",
        "people",
        "children",
        "men",
        "cacti",
        "geese",
        "cattle",
        "friends",
        "lovers",
    ]
)

NUMBERS = {
    "a": 1, "an": 1, "one": 1, "single": 1, "lone": 1, "two": 2, "pair": 2, "three": 3, "four": 4, "five": 5,
    "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "dozen": 12, "few": 3, "several": 4, "some": 4,
    "many": 8, "flock": 9, "herd": 6, "hundred": 14, "countless": 14, "shoal": 12,
}  # fmt: skip
