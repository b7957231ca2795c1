"""What people of the sample company are called: common names first, so that position gives frequency."""

from __future__ import annotations


def by_frequency(words: str, separator: str | None = None) -> tuple[str, ...]:
    """The words repeated by rank (the first 17 times, the last once), to be picked from evenly."""
    return tuple(
        word for rank, word in enumerate(words.split(separator)) for _ in range(1 + 66 // (rank + 4))
    )


def composed(stems: str, endings: str) -> tuple[str, ...]:
    """The long tail of surnames: every stem with every ending."""
    return tuple(stem + ending for stem in stems.split() for ending in endings.split())


PT_WOMEN = by_frequency(
    "Maria Ana Beatriz Inês Marta Sofia Joana Catarina Mariana Rita Carolina Matilde Leonor Sara Teresa "
    "Isabel Margarida Helena Cláudia Sandra Patrícia Carla Paula Susana Mónica Sónia Filipa Andreia Diana "
    "Daniela Francisca Alice Clara Laura Lúcia Luísa Madalena Raquel Rosa Vera Cristina Fernanda Graça "
    "Fátima Manuela Conceição Lurdes Celeste Amélia Aurora Bárbara Bruna Débora Elsa Eva Gabriela Glória "
    "Irene Júlia Lara Liliana Marisa Natália Núria Olívia Palmira Regina Rute Salomé Sílvia Tânia Vitória "
    "Yara Zélia Adelaide Alexandra Ângela"
)
PT_MEN = by_frequency(
    "João José António Francisco Manuel Pedro Miguel Luís Rui Paulo Carlos Tiago Nuno Ricardo André Jorge "
    "Rodrigo Martim Afonso Duarte Tomás Gonçalo Diogo Bruno Hugo Fernando Joaquim Vítor Sérgio Filipe "
    "Daniel David Rafael Gabriel Santiago Lourenço Salvador Simão Guilherme Vasco Bernardo Henrique Mário "
    "Alberto Armando Artur Augusto Américo Domingos Eduardo Emanuel Fábio Flávio Frederico Gil Hélder "
    "Ivo Jaime Leonardo Lucas Marco Márcio Mateus Nelson Óscar Orlando Raúl Renato Samuel Sebastião "
    "Telmo Teodoro Valter Xavier Zeferino Abel Adriano Álvaro"
)
PT_FAMILIES = by_frequency(
    "Silva Santos Ferreira Pereira Oliveira Costa Rodrigues Martins Jesus Sousa Fernandes Gonçalves Gomes "
    "Lopes Marques Alves Almeida Ribeiro Pinto Carvalho Teixeira Moreira Correia Mendes Nunes Soares "
    "Vieira Monteiro Cardoso Rocha Raposo Neves Coelho Cruz Cunha Pires Ramos Reis Simões Antunes Matos "
    "Fonseca Morais Machado Araújo Barbosa Tavares Lourenço Castro Figueiredo Azevedo Freitas Magalhães "
    "Henriques Barros Guerreiro Batista Campos Miranda Nogueira Leal Abreu Esteves Brito Assunção Melo "
    "Pinheiro Borges Leite Loureiro Garcia Macedo Guimarães Vaz Paiva Amaral Brandão Faria Valente Moura "
    "Duarte Domingues Salgado Sequeira Serra Rosa Torres Branco Aguiar Amorim Andrade Baptista Barata "
    "Bastos Bento Caetano Calado Camacho Carneiro Casimiro Conceição Couto Damásio Dias Escada Falcão "
    "Ferraz Franco Galvão Gaspar Godinho Graça Horta Lacerda Lemos Luz Maia Malheiro Marinho Mesquita Mota "
    "Noronha Palma Patrício Peixoto Portela Quaresma Quintela Rebelo Resende Sá Sampaio Saraiva Seabra "
    "Severino Soeiro Toscano Trindade Varela Veiga Veloso Ventura Vilela Xavier Zagalo"
)
DE_WOMEN = by_frequency(
    "Anna Maria Lena Julia Katharina Sabine Susanne Petra Monika Claudia Andrea Nicole Stefanie Birgit "
    "Ursula Karin Christine Angelika Martina Laura Lea Sophie Hannah Emma Mia Lina Johanna Elisabeth Eva "
    "Franziska Jana Kerstin Heike Silke Anja Tanja Sandra Melanie Kathrin Ulrike Renate Brigitte Helga "
    "Ingrid Gisela Jutta Käthe Bärbel Antje Britta Carolin Charlotte Dörte Elke Frieda Friederike Greta "
    "Gudrun Hedwig Helene Ida Ilse Isabell Josefine Klara Leonie Luise Margarete Marlene Nadine Nele "
    "Paula Pia Ronja Svenja Theresa Verena Vivien Wiebke"
)
DE_MEN = by_frequency(
    "Michael Thomas Andreas Peter Stefan Christian Markus Daniel Jan Alexander Sebastian Maximilian Jürgen "
    "Wolfgang Klaus Hans Bernd Frank Uwe Martin Matthias Tobias Florian Lukas Leon Paul Jonas Felix Finn "
    "Ben Elias Noah Johannes Philipp Tim Moritz David Simon Oliver Dirk Ralf Jörg Holger Günter Dieter "
    "Helmut Manfred Gerhard Horst Heinz Karl Friedrich Björn Carsten Dominik Emil Erik Fabian Georg "
    "Gregor Henning Ingo Joachim Julian Konrad Kurt Lennart Lorenz Malte Niklas Ole Oskar Patrick Rainer "
    "René Robert Rüdiger Sören Theo Till Torsten Ulrich Volker Yannick"
)
DE_FAMILIES = by_frequency(
    "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter "
    "Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt Werner "
    "Schmitz Krause Meier Lehmann Schmid Schulze Maier Köhler Herrmann König Walter Mayer Huber Kaiser "
    "Fuchs Peters Lang Scholz Möller Weiß Jung Hahn Schubert Vogel Friedrich Keller Günther Frank Berger "
    "Winkler Roth Beck Lorenz Baumann Franke Albrecht Schuster Simon Ludwig Böhm Winter Kraus Martin "
    "Schumacher Krämer Vogt Stein Jäger Otto Sommer Groß Seidel Heinrich Brandt Haas Schreiber Graf "
    "Schulte Dietrich Ziegler Kuhn Kühn Pohl Engel Horn Busch Bergmann Thomas Voigt Sauer Arnold Wolff "
    "Pfeiffer Ernst Lindner Hübner Kramer Nowak Yilmaz Öztürk Demir Kowalski Strauß Weidner Ahlers"
)
EN_WOMEN = by_frequency(
    "Mary Emma Olivia Sarah Jennifer Elizabeth Emily Jessica Susan Margaret Patricia Linda Barbara Karen "
    "Nancy Lisa Sophie Charlotte Amelia Grace Hannah Chloe Lucy Laura Rebecca Rachel Katherine Catherine "
    "Victoria Alexandra Anna Alice Amanda Angela Christine Deborah Dorothy Eleanor Evelyn Fiona Gemma "
    "Georgia Gillian Hazel Heather Helen Isabella Jacqueline Jane Janet Joanna Julie Kathleen Kimberly "
    "Louise Lydia Megan Melissa Michelle Natalie Nicola Pamela Penelope Rosemary Ruth Samantha Sandra "
    "Sharon Stephanie Teresa Theresa Zoe Zoë Siân Aisha Priya Mei Carmen Abigail"
)
EN_MEN = by_frequency(
    "James John Robert Michael William David Richard Thomas Daniel Matthew Andrew Christopher Joseph "
    "Anthony Mark Paul Steven George Kenneth Edward Oliver Jack Harry Alexander Benjamin Samuel Nicholas "
    "Jonathan Timothy Ronald Charles Henry Arthur Alan Albert Alfred Barry Brian Colin Craig Dennis Donald "
    "Douglas Eric Francis Frederick Gareth Gary Geoffrey Gerald Gordon Graham Gregory Howard Ian Jacob "
    "Jason Jeffrey Jeremy Joshua Keith Kevin Lawrence Leonard Lewis Liam Luke Malcolm Martin Nathan Neil "
    "Nigel Oscar Patrick Peter Philip Raymond Ryan Scott Sean Simon Stephen Stuart Terence Walter Omar "
    "Ravi José Wei"
)
GB_FAMILIES = by_frequency(
    "Smith Jones Taylor Brown Williams Wilson Johnson Davies Robinson Wright Thompson Evans Walker White "
    "Roberts Green Hall Wood Jackson Clarke Patel Khan Lewis James Phillips Mason Mitchell Rose Davis "
    "Cox Alexander Morgan Harris Bennett Hughes Edwards Cooper Carter Turner Ward Hill Moore Clark Harrison "
    "Morris King Baker Parker Allen Watson Young Bell Murphy Miller Cook Shaw Richardson Adams Anderson "
    "Kelly Simpson Marshall Collins Price Gray Webb Rogers Hussain Begum Ali Singh Kaur Stevens Murray "
    "Graham Fisher Reid Palmer Holmes Knight Barnes Butler O'Brien O'Connor MacDonald McCarthy McKenzie "
    "Pearson Dixon Hunt Fletcher Ellis Lawson Burgess Whittaker Ashworth Pemberton Llewellyn Featherstone"
)
US_FAMILIES = by_frequency(
    "Smith Johnson Williams Brown Jones Garcia Miller Davis Rodríguez Martínez Hernández López Wilson "
    "Anderson Thomas Taylor Moore Jackson Martin Lee Thompson White Harris Clark Lewis Robinson Walker "
    "Young Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera Campbell "
    "Mitchell Carter Roberts Gómez Phillips Evans Turner Díaz Parker Cruz Edwards Collins Reyes Stewart "
    "Morris Morales Murphy Cook Rogers Gutiérrez Ortiz Morgan Cooper Peterson Bailey Reed Kelly Howard "
    "Ramos Kim Cox Ward Richardson Watson Brooks Chávez Wood James Bennett Gray Mendoza Ruiz Hughes Price "
    "Álvarez Castillo Sanders Patel Myers Long Ross Foster Jiménez Schwartz Kowalski Lindqvist"
)

# Real surnames have a long tail; without it the sample would be full of namesakes.
PT_RARE = tuple(dict.fromkeys(PT_FAMILIES))
DE_RARE = composed(
    "Acker Adels Berg Birken Blumen Brink Buchen Dorn Eber Eichen Ellen Falken Feld Frohn Gold Grün Hagen "
    "Hell Hirsch Holz Horn Kirch Kron Lauter Linden Mohr Mühl Nieder Ober Rauch Reichen Rosen Sand Schön "
    "Silber Stein Strauch Tannen Thal Ulmen Vogel Wald Weiden Winter Wolfen Ziegel",
    "bach bauer brand brink feld felder hagen haus heim hofer huber kamp lohe mann meier müller reuter rath "
    "stetter wald wig",
)
EN_RARE = composed(
    "Ash Bar Beck Brad Brent Brook Bux Carl Chat Clay Crom Cuth Dal Dun East Ed Fair Farn Gar Gold Hal Har "
    "Hart Hay Holl Kings Lang Lay Lind Mar Mel Nor Oak Pem Penn Pres Rad Red Ross Rush Shel Stan Stock "
    "Strat Sut Thorn Wake Wal West Whit Win Wood",
    "bourne brook bury by combe croft den field ford ham land leigh ley low man mere more ridge shaw stead "
    "stone ton ward well wick wood worth",
)


def _pairs(text: str) -> dict[str, tuple[str, ...]]:
    entries = (entry.split("=") for entry in text.split())
    return {name: tuple(short.split("/")) for name, short in entries}


NICKNAMES = _pairs(
    "Francisco=Chico José=Zé António=Tó/Toni Manuel=Manel João=Joãozinho Beatriz=Bia Isabel=Belinha/Bela "
    "Margarida=Guida Fernando=Nando Joaquim=Quim Carolina=Carol Alexandra=Xana Teresa=Teresinha/Té "
    "Eduardo=Edu Guilherme=Gui Gabriel=Gabi Gabriela=Gabi Leonor=Nônô Luísa=Lu Miguel=Micas Filipe=Pipo "
    "Francisca=Kika Catarina=Cati Cristina=Cris Alexander=Alex/Sascha Maximilian=Max Katharina=Kathi/Käthe "
    "Johannes=Hannes Sebastian=Basti Elisabeth=Lisa/Elli Wolfgang=Wolf Friedrich=Fritz Stefanie=Steffi "
    "Susanne=Susi Matthias=Matze Andreas=Andi Michael=Mike/Michi Christian=Chris Thomas=Tom Franziska=Franzi "
    "Johanna=Hanna Benjamin=Ben Philipp=Phil Josefine=Josi Tobias=Tobi Robert=Bob/Rob William=Bill/Will "
    "Richard=Dick/Rick Elizabeth=Liz/Beth/Betty Jennifer=Jen/Jenny Jessica=Jess Margaret=Maggie/Peggy "
    "Patricia=Pat/Trish Susan=Sue Barbara=Barb Rebecca=Becky Rachel=Rach Katherine=Kate Catherine=Cathy "
    "Victoria=Vicky Amanda=Mandy Christine=Chris Deborah=Debbie Dorothy=Dot Eleanor=Nell Jacqueline=Jackie "
    "Kimberly=Kim Samantha=Sam Abigail=Abby Penelope=Penny Stephanie=Steph James=Jim/Jimmy John=Jack/Johnny "
    "David=Dave Daniel=Dan/Danny Matthew=Matt Andrew=Andy/Drew Christopher=Chris Joseph=Joe Anthony=Tony "
    "Steven=Steve Stephen=Steve George=Georgie Kenneth=Ken Edward=Ted/Ed Samuel=Sam Nicholas=Nick "
    "Jonathan=Jon Timothy=Tim Ronald=Ron Charles=Charlie/Chuck Henry=Harry Frederick=Fred Gregory=Greg "
    "Jeffrey=Jeff Joshua=Josh Lawrence=Larry Leonard=Len Nathan=Nate Raymond=Ray Terence=Terry Donald=Don"
)

_ENGLISH_TWINS = (("Emma", "Emily"), ("Paul", "Paula"), ("Chris", "Christine"), ("Samuel", "Samantha"))

# Twins whose names look alike: what a matcher must not fall for.
TWINS = {
    "PT": (("Ana", "Anabela"), ("João", "Joel"), ("Marta", "Maria"), ("Daniel", "Daniela")),
    "DE": (("Jan", "Jana"), ("Lena", "Lea"), ("Julia", "Julian"), ("Anna", "Anne")),
    "GB": _ENGLISH_TWINS,
    "US": _ENGLISH_TWINS,
}
