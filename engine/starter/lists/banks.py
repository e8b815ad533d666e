"""Values that are said and asked back."""
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "judge"))
from held import held_name, made_up  # noqa: E402

from held import REAL as REAL_NAMES  # noqa: E402

CENSUS = [line.split() for line in open(HERE / "names.txt", encoding="utf-8")]
PEOPLE = [(n, g) for n, g in CENSUS if not held_name(n)]
FEMALE = [n for n, g in PEOPLE if g == "f"]
MALE = [n for n, g in PEOPLE if g == "m"]
COMMON = [n for n, _ in PEOPLE[:900]]


def name(r):
    """Half of the names are common ones, the others rare or made up, so that copying is learnt."""
    roll = r.random()
    if roll < 0.35:
        return r.choice(COMMON)
    if roll < 0.62:
        return r.choice(PEOPLE)[0]
    while True:
        n = made_up(r)
        if roll > 0.96:
            n = made_up(r)[:4] + n.lower()
        if not held_name(n):
            return n


TOWNS = """Aberdeen Amiens Ankara Antwerp Bamako Basel Bergen Bilbao Bologna Boston Bremen Bristol Bruges Bursa Cardiff Chennai Chicago Cologne Cordoba
Cork Dakar Delhi Denver Dresden Dundee Durban Fez Galway Geneva Genoa Ghent Glasgow Granada Graz Haifa Hamburg Hanoi Hull Izmir Jaipur Kano Kassel
Kazan Krakow Kyoto Lagos Lahore Leeds Leipzig Leiden Lima Linz Lublin Lucerne Lund Lyon Malaga Manaus Manila Mumbai Munich Nagoya Nantes Naples
Odense Osaka Oviedo Padua Palermo Perth Porto Poznan Quito Recife Riga Rouen Salem Seville Siena Split Surat Tampa Toledo Toronto Trieste Turin Utrecht
Valencia Verona Vigo Winnipeg Yangon York Zagreb Zurich""".split()
TOWN_ENDS = "ton ford bury field mouth brook dale by wick port ham bridge well haven holm stead wood gate cross".split()


def town(r):
    if r.random() < 0.4:
        return r.choice(TOWNS)
    while True:
        n = made_up(r)
        n = n[:r.choice([3, 4, 5])] + r.choice(TOWN_ENDS) if r.random() < 0.7 else n
        if not held_name(n):
            return n


COLOURS = "red blue green yellow orange purple pink brown black white grey silver gold".split() + ["dark green", "light blue", "dark red", "pale yellow"]
FOODS = ["pizza", "pasta", "tomato soup", "rice and beans", "pancakes", "apple pie", "noodles", "fish and chips", "dumplings", "curry", "potato salad", "toast with jam",
         "chocolate cake", "porridge", "roast chicken", "omelette", "goulash", "couscous", "fried rice", "cheese on toast", "waffles", "strawberries", "carrot cake",
         "mashed potatoes", "sushi", "tacos", "lasagne", "pea soup", "baked apples", "peanut butter", "grapes", "bread and butter", "ice cream", "scrambled eggs",
         "spinach", "olives", "lemon cake", "popcorn", "vanilla pudding", "garlic bread", "honey", "cherries", "ramen", "borscht", "paella", "falafel", "hummus"]
DRINKS = "tea coffee cocoa milk water lemonade".split() + ["apple juice", "green tea", "mint tea", "orange juice", "hot chocolate", "black coffee"]
PETS = "dog cat hamster rabbit parrot goldfish horse pony guinea-pig turtle canary mouse lizard hen duck donkey kitten puppy sheep goat snail ferret budgie".replace("-", " ").split(" ")
PETS = [p for p in PETS if p not in ("guinea", "pig")] + ["guinea pig"]
KIN = "sister brother mother father aunt uncle grandmother grandfather cousin daughter son wife husband niece nephew mum dad grandma grandpa".split()
OTHERS = ["teacher", "neighbour", "best friend", "boss", "doctor", "roommate", "dentist", "piano teacher", "coach", "colleague", "landlady", "pen friend", "baby", "godmother"]
THINGS = ["boat", "car", "bike", "doll", "teddy bear", "guitar", "robot", "van", "plant", "band", "team", "street", "school", "cafe", "house", "shop", "club", "island", "snowman", "kite"]
JOBS = """baker nurse teacher gardener plumber painter pilot farmer cook driver carpenter librarian doctor dentist tailor singer writer waiter postman
fisherman mechanic barber florist butcher lawyer clerk cleaner electrician photographer sailor shepherd beekeeper potter judge engineer musician""".split()
HOBBIES = """chess swimming knitting fishing cycling painting dancing gardening reading cooking baking singing hiking juggling skating running drawing
rowing climbing sewing sailing surfing astronomy photography pottery yoga origami archery karate badminton tennis football volleyball bowling""".split()
INSTRUMENTS = "piano guitar violin flute drums trumpet cello harp clarinet saxophone accordion banjo ukulele recorder oboe tuba".split()
OBJECTS = ["keys", "glasses", "phone", "wallet", "book", "umbrella", "hat", "scarf", "watch", "ring", "ticket", "passport", "letter", "notebook", "lamp", "camera", "ball",
           "sock", "gloves", "map", "scissors", "charger", "lunch box", "torch", "pen", "ruler", "headphones", "cup", "spoon", "medicine"]
PLURAL = {"keys", "glasses", "gloves", "scissors", "headphones"}
SPOTS = ["under the bed", "on the kitchen table", "in the blue bowl", "behind the door", "in the top drawer", "on the shelf", "in my coat pocket", "next to the lamp", "in the car",
         "under the sofa", "on the windowsill", "in the fridge", "in the garage", "on the piano", "in a red box", "behind the books", "in the bathroom", "in my green bag",
         "on the stairs", "under the pillow", "in the garden shed", "by the front door", "in the laundry basket", "on the roof", "in the old suitcase", "behind the clock"]
WEAR = ["coat", "hat", "bike", "car", "door", "scarf", "house", "bag", "umbrella", "kite", "boat", "shirt", "dress", "sofa", "cup", "pencil", "room", "kitchen", "tent", "balloon",
        "jacket", "van", "fence", "lamp", "rug", "phone", "helmet", "bed", "toothbrush", "suitcase"]
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = "January February March April May June July August September October November December".split()
EVENTS = ["the dentist", "the party", "my exam", "the concert", "the wedding", "football practice", "the picnic", "my flight", "the school play", "my job interview", "the market",
          "choir", "the meeting", "grandma's visit", "the trip to the zoo", "my driving test", "the dance", "the doctor", "my piano lesson", "the barbecue"]
