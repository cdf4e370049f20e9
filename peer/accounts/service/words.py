"""Words to make names and passphrases of: short, calm, easy to spell, nobody's name."""


def _each(words: str) -> tuple[str, ...]:
    return tuple(words.split())


# A name is one of each: more than 6,000 of them.
QUALITIES = _each("""
    bright brisk calm clear cloudy cosy crisp dappled deep distant drifting dusky early easy even
    faint fair feathery floating frosty gentle gilded glowing golden green hazy hilly humming icy
    inland kindly late leafy level light linen little lofty lucid mellow mild mossy muted nearby
    nimble northern open pale patient peaceful pearly pebbled plain quiet rainy rippling rolling
    rounded russet sheltered silver simmering sleepy slow smooth snowy soft southern starlit
    steady still sunlit tidal tranquil upland velvet warm wavy western wide winding woodland woven
""")
THINGS = _each("""
    acorn anchor arbor barley basin bay beach birch blanket boulder breeze bridge canopy canyon
    cedar cloud clover coast copper cove creek delta dune ember feather field fjord footpath
    garden gate glade grove harbor hedge hill hollow inlet island kettle lagoon lake lamp lantern
    leaf ledge marsh mist moor moss mountain oak orchard otter pasture path pebble pine plum pond
    prairie quartz reef ridge shell shore spring stone stream summit thicket tide trail valley
    walnut water wave wind
""")

# A passphrase is six of these, drawn evenly: over 60 bits, behind argon2id and a limit on tries.
WORDS = _each("""
    able acid acorn acre actor add afar after again age agile ago ahead aim air album alert alive
    alley allow almond along aloud alter amber ample amuse anchor angle ankle answer ant antler
    anvil apple apply apron arch area arm around arrow art artist ash aside ask atlas atom attic
    autumn avenue awake away awning axis axle bacon badge bag bagel bake baker balance balcony
    ball balloon bamboo banana band bank banner barley barn barrel base basil basin basket bat
    bath bay beach bead beam bean bear beard beaver bee beech beet before begin behind bell below
    belt bench bend berry beside best better beyond bicycle big bike birch bird biscuit blade
    blanket blend blink block bloom blossom blue blush board boat bolt bonnet book boot border
    bottle bottom bough bounce bow bowl box bracket branch brass brave bread break breeze brick
    bridge brief bright bring brisk broad broom broth brown brush bubble bucket bud budget build
    bulb bundle bunny burger bus bush busy butter button cabin cabinet cable cactus cafe cake
    calendar calf call calm camel camera camp can canal candle candy canoe canopy canvas cap
    captain car caramel card care cargo carpet carrot carry cart carve cashew castle cat catch
    cause cave cedar ceiling celery cello cement center cereal chair chalk chance change chapter
    charm chart check cheek cheer cheese cherry chess chew chief chime chin chip choice choose
    chorus circle citrus city civil clam clap clay clean clear clever cliff climb clock close
    cloth cloud clover club coach coast coat cobalt cocoa coconut code coffee coin collar color
    comb come comet comfort common compass copper coral cord cork corn corner cosmic cost cotton
    couch count country couple course cover cow cozy crab cradle craft crane crayon cream create
    credit creek crew cricket crisp crop cross crow crowd crown crumb crust cube cup cupboard curl
    current curtain curve cushion cycle cymbal daily dairy daisy dance dandelion date dawn day
    decade deck deep deer delta denim depth desert design desk detail dial diamond diary dice diet
    dig dinner direct dish distant dive dock dog dollar dolphin donkey door dot double dough dove
    down dozen draft dragon draw drawer dream drift drink drive drop drum dry duck dune during
    dusk dust duty each eager eagle ear early earn earth easel east easy eat echo edge edit eel
    effort egg eight elbow elder elegant elk elm ember enamel end energy engine enjoy enough enter
    entry envelope equal errand essay even evening event every exact example explore extra eye
    fabric face fact fair falcon fall famous fancy far farm fast feast feather feed feel fence
    fern ferry festival fetch few fiber fiction field fig figure film final find fine finger
    finish fir fire first fish five flag flame flannel flat flavor fleet flight float flock floor
    flour flow flower fluffy flute fly foam focus fog fold folk follow food foot forest forge fork
    form fort forward fossil fountain four fox frame free fresh friend fringe frog front frost
    fruit full fun funnel fur gadget galaxy gallery gallon game garage garden garlic gate gather
    gazebo gear gem gentle giant gift ginger giraffe give glacier glad glass glide globe glove
    glow glue goal goat gold good goose grain grand granite grape graph grass gravel gravy gray
    great green greet grid grill grin groove ground group grove grow guest guide guitar gulf habit
    hail hair half hall hammock hand handle happy harbor hard hare harp harvest hat hawk hay hazel
    head hear heart heat heath hedge height helmet help hen herb here heron high hike hill hinge
    hint hobby hold hollow home honest honey hoof hope horizon horn horse host hour house hover
    human humble hummus hundred ice icing icon idea igloo image inch index ink inland inner insect
    inside invite iron island item ivory jacket jam jar jasmine jaw jelly jewel join joke journal
    journey joy juice jump jungle junior juniper just kayak keel keep kernel kettle key kind king
    kiosk kitchen kite kitten kiwi knee knit knot know label lace ladder lake lamb lamp land lane
    lantern large lark last late laugh laundry lava lawn layer lead leaf learn leather leave ledge
    leg lemon lend lens lentil lesson letter level lever library lid lift light lilac lime limit
    line linen link lion list little live lizard llama load loaf lobby local locket lodge log long
    loom loop lotus loud lounge low loyal lucky lumber lunar lunch lute lyric magnet magpie mail
    main make mallet mango mantle many map maple marble march margin marsh mast mat match maze
    meadow meal measure medal meet mellow melody melon melt member memo menu merit metal meter
    middle mild mile milk mill mind mineral mint minute mirror mist mitten mix model modern moment
    month moon moose morning moss moth motor mountain mouse move muffin mug mule muscle museum
    music mustard name napkin narrow nation native nature near neat neck needle nest net new next
    nice night nine noble noise noodle noon north nose note novel number nut oak oar oasis oat
    object ocean ocelot offer office often oil olive omelet onion open opera orange orbit orchard
    orchid order organ osprey other otter oval oven over owl oyster pace pack paddle page paint
    pair palace palm pan panda panel pansy paper parade park parrot part pasta paste patch path
    patio pause paw pea peace peach peak peanut pear pearl pebble pecan pedal pelican pen pencil
    penguin people pepper perch phone phrase piano picnic picture pie pier pigeon pillow pilot
    pine pink pipe pitch pizza place plaid plain plan planet plant plate play plaza plenty plow
    plum pocket poem point polar polish pond pony pool poppy porch port post pot potato powder
    prairie present press print prize proud pudding puddle pulse pump pumpkin pupil purple purse
    push puzzle quail quart quartz queen quick quiet quilt quiz rabbit radio radish raft rail rain
    raisin ramp ranch range rapid raven ray reach read ready recipe red reed reef relax relay
    remind rest ribbon rice ride ridge ring ripple rise river road robin robot rock roof room root
    rose rough round route row rubber ruby rug rule run rural saddle safe saffron sage sail salad
    salmon salt same sample sand satin sauce save scale scarf scene school science scoop scout sea
    seal season seat second seed seven shade shape share shawl sheep shelf shell shine ship shirt
    shoe shop shore short shovel shrub side sign silk silver simple sing sink six size skate
    sketch ski sky sleep sleeve slice slide slow small smart smile smooth snack snail snow soap
    sock sofa soft soil solar song soon soup south space spark speak spell spice spin spiral spoon
    spring sprout square squash stable stack stage stair stamp star start station steam steel stem
    step stew still stitch stone stool store stork story straw stream street string strong studio
    sugar suit summer sun supper surf swan sweater swift swim swing table tail talent talk tall
    tango taste taxi tea teach team tempo ten tent thank theater thick thimble thread three thumb
    ticket tide tiger tile timber time tiny toast today toe tomato tool tooth top topaz toucan
    towel tower town toy track trail train tray tree trend trip trophy trout truck true trumpet
    trunk trust try tulip tuna tunnel turkey turtle twelve twig twin two umbrella under uniform
    unit until upper urban use useful vacuum valley value van vanilla vase velvet verb verse vest
    view village vine violet violin visit vivid voice volume vote wagon wait walk wall walnut
    walrus waltz warm wash watch water wave wax way weather weave week well west whale wheat wheel
    whisper whistle white whole wide wild willow wind window wing winter wise wish wonder wood
    wool word work world worth wren wrist write yard yarn year yellow yes yogurt zebra zero zest
    zigzag zinc zipper zone
""")
