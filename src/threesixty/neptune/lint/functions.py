"""The functions that Neptune documents, by page; what is on no page cannot be relied on."""

from __future__ import annotations

GUIDE = "https://docs.aws.amazon.com/neptune/latest/userguide/"
COMPLIANCE = f"{GUIDE}feature-opencypher-compliance.html"
EXTENSIONS = f"{GUIDE}access-graph-opencypher-extensions.html"
SPATIAL = f"{GUIDE}access-graph-opencypher-22-spatial-functions.html"

_SPECIFIED = """
    exists
    coalesce endNode head id last length properties size startNode timestamp toBoolean toFloat toInteger type
    avg collect count max min percentileDisc stDev percentileCont stDevP sum
    keys labels nodes range relationships reverse tail
    abs ceil floor rand round sign e exp log log10 sqrt
    acos asin atan atan2 cos cot degrees pi radians sin tan
    left lTrim replace right rTrim split substring toLower toString toUpper trim
    datetime
"""
_EXTENDED = """
    join removeKeyFromMap epochMillis randomUUID textIndexOf collToSet collSubtract collIntersection
    collSort collSortMaps collSortMulti collSortNodes day month year
"""
_SPATIAL = """
    ST_Point ST_GeomFromText ST_AsText ST_GeometryType ST_Equals ST_Contains ST_Intersects ST_Distance
    ST_DistanceSpheroid ST_Envelope ST_Buffer
"""
DOCUMENTED = (
    dict.fromkeys(_SPECIFIED.split(), COMPLIANCE)
    | dict.fromkeys(_EXTENDED.split(), EXTENSIONS)
    | dict.fromkeys(_SPATIAL.split(), SPATIAL)
)
"""Each documented function with its page."""

KNOWN = frozenset(name.lower() for name in DOCUMENTED)
"""Their names as openCypher compares them: without case."""

ONLY_NEPTUNE = frozenset(name.lower() for name in (*_EXTENDED.split(), *_SPATIAL.split()))
NOT_EMBEDDED = frozenset(
    "endnode head last startnode toboolean tofloat tointeger type stdev stdevp tail rand e exp split "
    "tostring datetime".split()
)
"""What ladybug does not have of openCypher 9; a test asks it."""
AGGREGATES = frozenset("avg collect count max min percentiledisc stdev percentilecont stdevp sum".split())
LISTS = frozenset(
    "collect keys labels nodes range relationships split tail colltoset collsubtract collintersection "
    "collsort collsortmaps collsortmulti collsortnodes".split()
)
"""Functions whose value is a list."""

CHANCE = frozenset("rand randomuuid timestamp datetime".split())
"""Functions that say something else each time."""
