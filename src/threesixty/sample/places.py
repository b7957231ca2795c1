"""Where people of the sample company live, and how addresses and phones are written there."""

from __future__ import annotations

from typing import NamedTuple

from threesixty.sample import names


class Country(NamedTuple):
    """One country's names, towns (`town|postcode pattern`, # a digit, ? a letter) and ways of writing."""

    code: str
    calling: str
    mobiles: tuple[str, ...]
    landlines: tuple[str, ...]
    phone_length: int
    women: tuple[str, ...]
    men: tuple[str, ...]
    families: tuple[str, ...]
    rare_families: tuple[str, ...]
    towns: tuple[str, ...]
    streets: tuple[str, ...]
    street_pattern: str
    short_streets: tuple[tuple[str, str], ...]
    titles: tuple[str, str]


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split(";"))


PORTUGAL = Country(
    "PT", "351", ("91", "92", "93", "96"), ("21", "22"), 9,
    names.PT_WOMEN, names.PT_MEN, names.PT_FAMILIES, names.PT_RARE,
    names.by_frequency(
        "Lisboa|1#00-###;Porto|4#50-###;Braga|47##-###;Coimbra|30#0-###;Setúbal|29#0-###;"
        "Vila Nova de Gaia|44#0-###;Almada|28#0-###;Aveiro|38#0-###;Faro|800#-###;Évora|70#0-###;"
        "Viseu|35##-###;Leiria|24#0-###;Guimarães|48##-###;Cascais|27#0-###;Funchal|90##-###;"
        "Santarém|20#0-###;Covilhã|62#0-###;Bragança|53##-###;Póvoa de Varzim|449#-###;"
        "Óbidos|251#-###",
        ";",
    ),
    _listed(
        "Rua das Flores;Rua de São João;Avenida da Liberdade;Rua do Almada;Travessa do Carmo;Rua da Igreja;"
        "Largo da Graça;Rua Luís de Camões;Avenida 25 de Abril;Rua Dr. António José de Almeida;"
        "Rua Miguel Bombarda;Praceta das Oliveiras;Rua da Escola;Rua do Comércio;Avenida Afonso Henriques;"
        "Rua Vasco da Gama;Rua Nova;Calçada da Estrela;Rua da Fonte;Rua dos Pescadores;Beco do Jasmim;"
        "Rua Fernando Pessoa;Avenida da República;Rua Garrett;Rua do Moinho;Travessa da Boavista"
    ),
    "{street} {number}",
    (("Rua ", "R. "), ("Avenida ", "Av. "), ("Travessa ", "Tv. "), ("Largo ", "Lg. "), ("Praceta ", "Pct. ")),
    ("Sra.", "Sr."),
)  # fmt: skip
GERMANY = Country(
    "DE", "49", ("151", "160", "171", "176"), ("30", "89", "40", "221"), 10,
    names.DE_WOMEN, names.DE_MEN, names.DE_FAMILIES, names.DE_RARE,
    names.by_frequency(
        "Berlin|101##;München|803##;Hamburg|202##;Köln|506##;Frankfurt am Main|603##;Stuttgart|701##;"
        "Leipzig|041##;Düsseldorf|402##;Nürnberg|904##;Münster|481##;Freiburg im Breisgau|791##;"
        "Lübeck|235##;Göttingen|370##;Würzburg|970##;Görlitz|028##",
        ";",
    ),
    _listed(
        "Hauptstraße;Schulstraße;Goethestraße;Bahnhofstraße;Gartenstraße;Lindenstraße;Bergstraße;Kirchweg;"
        "Mühlenweg;Schillerstraße;Am Südhang;Rosenweg;Königsallee;Ringstraße;Waldstraße;Beethovenstraße;"
        "Jägerstraße;Wiesengrund;Dorfstraße;Friedrich-Ebert-Straße;Brückenstraße;Ahornweg"
    ),
    "{street} {number}",
    (("straße", "str."), ("Straße", "Str."), ("platz", "pl.")),
    ("Frau", "Herr"),
)  # fmt: skip
BRITAIN = Country(
    "GB", "44", ("7400", "7700", "7810", "7911"), ("20", "161", "131", "117"), 10,
    names.EN_WOMEN, names.EN_MEN, names.GB_FAMILIES, names.EN_RARE,
    names.by_frequency(
        "London|SE1# #??;Manchester|M1# #??;Birmingham|B2# #??;Leeds|LS# #??;Bristol|BS# #??;"
        "Edinburgh|EH# #??;Sheffield|S1# #??;Cardiff|CF1# #??;Brighton|BN# #??;Norwich|NR# #??;"
        "Keswick|CA12 #??;Aberystwyth|SY23 #??",
        ";",
    ),
    _listed(
        "Station Road;High Street;Church Lane;Victoria Road;Park Avenue;Green Lane;Mill Lane;Queens Road;"
        "The Crescent;Manor Road;Kings Road;Springfield Road;Grange Road;Alexandra Road;York Street;"
        "Meadow Close;Orchard Way;St Mary's Close;North Street;Beech Grove"
    ),
    "{number} {street}",
    ((" Road", " Rd"), (" Street", " St"), (" Avenue", " Ave"), (" Lane", " Ln"), (" Close", " Cl")),
    ("Ms", "Mr"),
)  # fmt: skip
AMERICA = Country(
    "US", "1", ("617", "415", "303", "206"), ("212", "312", "512", "503"), 10,
    names.EN_WOMEN, names.EN_MEN, names.US_FAMILIES, names.EN_RARE,
    names.by_frequency(
        "Boston|021##;New York|100##;San Francisco|941##;Denver|802##;Seattle|981##;Chicago|606##;"
        "Austin|787##;Portland|972##;Newark|071##;Fall River|027##",
        ";",
    ),
    _listed(
        "Maple Street;Oak Avenue;Washington Street;Park Avenue;Cedar Lane;Elm Street;Lake Drive;Hill Road;"
        "Sunset Boulevard;Main Street;River Road;Lincoln Avenue;Madison Street;Walnut Street;2nd Street;"
        "Highland Avenue;Forest Drive;Church Street;Spring Street;Willow Court"
    ),
    "{number} {street}",
    ((" Street", " St"), (" Avenue", " Ave"), (" Boulevard", " Blvd"), (" Drive", " Dr"), (" Road", " Rd")),
    ("Ms.", "Mr."),
)  # fmt: skip

COUNTRIES = (PORTUGAL,) * 12 + (GERMANY,) * 4 + (BRITAIN,) * 3 + (AMERICA,)

# Only domains set aside for examples: no letter of the sample can reach anybody.
# As in life one provider has half of the mailboxes, so that namesakes there need numbers.
MAIL_DOMAINS = ("mail.example.com",) * 8 + _listed(
    "correio.example.org;post.example.net;webmail.example.org;inbox.example.com;example.net;"
    "campus.example.org;work.example.com;box.example.com"
)
