"""Words to make names of: short, calm, easy to spell, nobody's name."""


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
