"""Which names and which sums are held out of the training texts."""
import hashlib

REAL = """
Abena Adaeze Adrian Agneta Aino Alasdair Alessia Alina Amadou Amparo Anders Andrzej Aneta Anselm Antonia Anwar Aoife Arjun
Arvid Asako Astrid Ayumi Azadeh Balthazar Beatriz Benedikt Berenice Bertil Birgitta Bogdan Branka Brendan Brigid Bruna
Callum Camilo Carmela Casimir Catalina Cedric Chiara Chinedu Cillian Clarissa Conrad Cosima Cyprian Dagmar Daisuke Damaris
Danilo Daphne Darragh Delphine Demetrius Desmond Dilnoza Dimitri Domenico Dorothea Ebele Edda Eduardo Efua Eilidh Eleni Elif
Eloise Emeka Emil Enrique Ermelinda Esteban Eszter Etienne Eudora Fabian Farah Fatima Felipe Fergus Fiametta Finnian Fiorella
Florentina Franziska Frederik Fumiko Gabriel Galina Gareth Gaspard Genevieve Gerd Giovanna Gitte Goran Grazyna Gregor
Guadalupe Gudrun Gunnar Gustavo Hadiza Halvard Hanneke Haruka Hedda Helmut Henrietta Hiroshi Horatio Hortense Ibrahim Ignacio
Ilona Imogen Ingeborg Irina Isidora Ismail Ivo Jacinta Jadwiga Jamila Janko Jarek Jasper Joaquin Jocelyn Jolanta Jorunn Josefa
Juliana Jusuf Kamala Kasia Katarina Kazimir Keiko Kerstin Khadija Kieran Kirsten Klaus Kofi Kristof Kwame Laszlo Leandro
Leokadia Leopold Lidia Linnea Lorenzo Lucinda Ludmila Lysander Maeve Magnus Malika Manuela Marcelo Mariko Marisol Mathilde
Maurizio Mehmet Meriwether Mikael Milena Mirela Mohan Morag Nadezhda Naoki Natalia Nazanin Nerys Niamh Nikita Nkechi
Norberto Octavia Odile Olamide Oleg Olympia Orsolya Osvaldo Ottilie Padraig Paloma Pascal Pelle Petronella
Piotr Quentin Rafaela Ragnhild Rajesh Ramona Raoul Reinhard Renata Rhiannon Rigoberto Roberta Roksana Rosalind Rufus
Ruslan Sabrina Sachiko Saoirse Salvatore Sanjay Scheherazade Sebastian Seraphina Severin Shanthi Siegfried Sigrid Silvester
Simone Siobhan Solveig Stanislav Stefania Sunniva Svetlana Tadeusz Takeshi Tamsin Tancredi Tatiana Teodor Thandiwe Theodora
Thibault Tiberius Torsten Tuulikki Ulrich Umberto Ursula Vaclav Valentina Vasco Verena Viggo Violeta Vladimir Wanjiru
Wenceslas Wilhelmina Winifred Xavier Yannick Yevgenia Ylva Yolanda Yusuf Zacharias Zainab Zdenek Zenobia Zoltan Zuzana
""".split()

STARTS = "B Br C Ch D Dr F Fl G Gr H J K Kr L M N P Pr Qu R S Sh St T Th Tr V W Y Z".split()
MIDDLES = "a e i o u ai ea ee o a e i u".split()
JOINTS = "b d f g l ll m n nd r rr s t v z lm nt rn st x k".split()
ENDS = "a o i y el en er in is on or us ette ina ora ax ick um ie an".split()


def made_up(r):
    """A name that nobody has, most likely."""
    name = r.choice(STARTS) + r.choice(MIDDLES) + r.choice(JOINTS)
    if r.random() < 0.35:
        name += r.choice(MIDDLES) + r.choice(JOINTS)
    return name + r.choice(ENDS)


def number(text):
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)


def held_name(name):
    """Only judged chats have it."""
    return number("name " + name.lower()) % 10 == 0


def held_sum(a, b, sign):
    """The order of the two does not count in a sum."""
    if sign == "+":
        a, b = sorted((a, b))
    return min(a, b) > 1 and a != b and number(f"held {a} {sign} {b}") % 100 < 5


def names(r, count):
    """Held-out names, every second one made up, no two the same."""
    real = sorted(n for n in REAL if held_name(n))
    r.shuffle(real)
    out = []
    while len(out) < count:
        name = real.pop() if real and len(out) % 2 else made_up(r)
        if held_name(name) and name not in out:
            out.append(name)
    return out
