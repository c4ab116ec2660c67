"""Names of the streets of the made-up town: themes of the time in which they were built."""

from __future__ import annotations

from typing import Final

_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "main": (
        (
            "Castle, Tannery, Priory, Windmill, Brickfield, Gallows, Hospital, Cemetery, College, "
            "Racecourse, Waterworks, Foundry, Observatory, Barrack, Toll, Beacon, Quarry, Heath, Common, "
            "Warren, Spinney, Grange, Manor, Rectory, Meadow, Orchard, Coppice, Ridgeway, Fosse, Dyke, "
            "Kiln, Paddock, Nursery, Pinfold, Green, Hollins, Moss, Carr, Fen, Ferry, Hall, Lodge, Park, "
            "Reservoir, Sandpit, Sheepwash, Stocks, Tithe, Wharf"
        ),
    ),
    "core": (
        (
            "Angel, Bakehouse, Bear, Bell, Butcher, Candle, Chantry, Church, Cloth, Cooper, Corn, Cross, "
            "Fish, Friar, George, Gold, Guildhall, Hart, Horsefair, King, Lamb, Lion, Maltings, Market, "
            "Mercer, Minster, Nun, Ostler, Pack Horse, Queen, Rose, Saddler, Salter, School, Sheaf, Silver, "
            "Smithy, Star, Sun, Swan, Talbot, Tanner, Vicar, Vine, Wheatsheaf, White Hart, Wool, Crown"
        ),
    ),
    "terrace": (
        (
            "Albert, Alexandra, Alma, Argyle, Balaclava, Balmoral, Beaconsfield, Bright, Brunswick, "
            "Cambridge, Camden, Canning, Cardigan, Caroline, Charlotte, Clarence, Clarendon, Cobden, "
            "Cromwell, Denmark, Derby, Devonshire, Disraeli, Edward, Ernest, Florence, Frederick, "
            "Garibaldi, Gladstone, Gordon, Grosvenor, Harcourt, Havelock, Inkerman, Jubilee, Kitchener, "
            "Lansdowne, Leopold, Lorne, Ladysmith, Mafeking, Melbourne, Milton, Napier, "
            "Nelson, Osborne, Oxford, Palmerston, Peel, Percy, Portland, Raglan, Regent, Rosebery, Russell, "
            "Salisbury, Sebastopol, Shaftesbury, Stanley, Sussex, Trafalgar, Tennyson, Victoria, Waterloo, "
            "Wellington, William, Windsor, Wolseley, York"
        ),
    ),
    "interwar": (
        (
            "Acacia, Ashfield, Beechwood, Birchfield, Briarwood, Cherry Tree, Cedar, Chestnut, "
            "Claremont, Croft, Dene, Elmhurst, Fairfield, Fernleigh, Glebe, Hawthorn, Hazelwood, "
            "Highfield, Hillcrest, Hollybank, Laburnum, Larchwood, Laurel, Lilac, Linden, "
            "Lynton, Maple, Mayfield, Oakfield, Orchard, Parkside, Pinewood, Poplar, "
            "Rowan, Rosemary, Southfield, Springfield, Sunnyside, Sycamore, The, Thornfield, Valley, "
            "Westfield, Willow, Woodland, Woodside"
        ),
    ),
    "estate": (
        (
            "Lapwing, Plover, Curlew, Heron, Kestrel, Merlin, Osprey, Swift, Martin, Linnet, Siskin, "
            "Dunlin, Teal, Avocet, Bittern, Kingfisher, Wheatear, Redshank, Whimbrel, Goldcrest"
        ),
        (
            "Byron, Shelley, Keats, Wordsworth, Coleridge, Southey, Browning, Masefield, Chaucer, Spenser, "
            "Marlowe, Dryden, Herrick, Marvell, Cowper, Burns, Kipling, Hardy, Bridges"
        ),
        (
            "Ullswater, Windermere, Coniston, Derwent, Buttermere, Grasmere, Thirlmere, Wastwater, "
            "Ennerdale, Rydal, Kendal, Keswick, Ambleside, Langdale, Borrowdale, Eskdale, Duddon"
        ),
        (
            "Severn, Tamar, Medway, Trent, Mersey, Humber, Tees, Tyne, Wear, Orwell, Stour, Avon, Dart, Exe, "
            "Ribble, Lune, Nene, Welland"
        ),
        (
            "Truro, Wells, Ely, Lincoln, Durham, Exeter, Hereford, Lichfield, Norwich, Ripon, Rochester, "
            "Salisbury, Southwell, Winchester, Worcester, Chichester, Gloucester, Carlisle"
        ),
        (
            "Newton, Faraday, Kelvin, Rutherford, Boyle, Hooke, Darwin, Jenner, Lister, Fleming, "
            "Stephenson, Brunel, Telford, Watt, Davy, Dalton, Joule, Maxwell, Cavendish, Halley"
        ),
    ),
    "modern": (
        (
            "Bluebell, Primrose, Foxglove, Campion, Cowslip, Speedwell, Harebell, Clover, Teasel, Yarrow, "
            "Sorrel, Tansy, Vetch, Celandine, Anemone, Meadowsweet, Burdock, Lavender, Honeysuckle"
        ),
        (
            "Fairway, Bunker, Links, Spinney, Copse, Covert, Badger, Fox, Otter, Hare, Squirrel, "
            "Leveret, Roebuck, Fallow, Pheasant, Partridge, Woodcock, Dormouse"
        ),
        (
            "Bramley, Pippin, Russet, Costard, Codlin, Quince, Medlar, Damson, Mulberry, Perry, Harvest, "
            "Reaper, Barley, Wheatfield, Haywain, Plough, Harrow, Furrow, Granary, Threshers"
        ),
    ),
    "village": (
        (
            "Back, Beck, Chapel, Church, Duck, Forge, Green, Hill, Nether, Over, Pond, Pound, Pump, "
            "Rectory, School, Smithy, Town End, Vicarage, Well, Blacksmith, Glebe, Home"
        ),
    ),
    "works": (
        (
            "Anvil, Boiler, Crane, Dock, Engine, Forge, Foundry, Furnace, Gasworks, Granary, Hammer, "
            "Ironworks, Jetty, Lathe, Malthouse, Piston, Rivet, Ropewalk, Shed, Sidings, Steam, Timber, "
            "Turbine, Viaduct, Warehouse, Wharf, Wagon"
        ),
    ),
}
_THEMES: Final = {kind: tuple(text.split(", ") for text in texts) for kind, texts in _WORDS.items()}
_ENDS: Final[dict[str, tuple[str, ...]]] = {
    "main": ("Road", "Lane", "Road", "Way"),
    "core": ("Street", "Lane", "Row", "Yard", "Gate"),
    "terrace": ("Street", "Street", "Road", "Terrace", "Place", "Grove"),
    "interwar": ("Avenue", "Road", "Drive", "Crescent", "Grove", "Gardens"),
    "estate": ("Road", "Close", "Walk", "Court", "Green", "Place"),
    "modern": ("Close", "Drive", "Way", "Rise", "Mews", "Croft"),
    "village": ("Lane", "Street", "Close", "Garth"),
    "works": ("Way", "Road", "Park", "Close"),
}
_LOOP_ENDS: Final = {"estate": "Drive", "modern": "Way", "village": "Lane"}


class Namer:
    """Gives each street a name of its parcel's theme; names may come back far away, as they do in towns."""

    def __init__(self) -> None:
        self._count: dict[str, int] = {}

    def name(self, kind: str, parcel: int, highway: str, length_m: float) -> str:
        """Return the next name for a street of a parcel; short streets get another ending than long ones."""
        themes = _THEMES[kind]
        theme = parcel % len(themes)
        key = f"{kind} {theme}"
        count = self._count.get(key, 0)
        self._count[key] = count + 1
        words = themes[theme]
        word = words[(count * 7 + count // len(words)) % len(words)]
        ends = _ENDS[kind]
        if highway == "unclassified" and kind in _LOOP_ENDS:
            end = _LOOP_ENDS[kind]
        elif length_m > 260:
            end = ends[count // len(words) % 2]
        else:
            end = ends[(1 + count // len(words) + count % 3) % len(ends)]
        return f"{word} {end}"
