"""Names and places the invented companies and persons are put together from, one entry per country."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    zip: str
    city: str
    county: str
    landline: str
    """National format of a landline there; every # is a digit."""


@dataclass(frozen=True)
class Country:
    heads: tuple[str, ...]
    trades: tuple[str, ...]
    form: str
    """Legal form, as it stands behind the name."""
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    streets: tuple[str, ...]
    number_first: bool
    """True where the house number stands before the street's name."""
    places: tuple[Place, ...]
    mobile: str
    box: str
    """How a post-office box is written."""


def _places(text: str) -> tuple[Place, ...]:
    return tuple(Place(*(part.strip() for part in line.split("|"))) for line in text.strip().splitlines())


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(","))


NORWAY = Country(
    heads=_words(
        "Nordlys, Fjord, Bjørk, Havn, Polar, Viking, Trollheim, Fjell, Solberg, Bakke, Moen, Haugen, Dahl, Lunde, "
        "Strand, Berge, Eide, Vik, Nygård, Aasen, Østby, Tveit, Rønning, Hovland, Sandvik, Myhre, Sæther, Bø, Knutsen, "
        "Tangen, Furuset, Granli, Kystens, Midnattsol, Ørnes, Skogly, Elvestad, Steinar, Brekke, Vestland"
    ),
    trades=_words(
        "Bygg, Rør, Elektro, Maskin, Transport, Regnskap, Marine, Trevare, Eiendom, Sjømat, Energi, Data, Butikk, "
        "Verksted, Reklame, Bakeri, Service, Konsult, Møbler, Landbruk"
    ),
    form="AS",
    first_names=_words(
        "Ola, Kari, Nils, Anne, Per, Ingrid, Bjørn, Marit, Lars, Solveig, Jan, Liv, Arne, Berit, Knut, Astrid, Svein, "
        "Gerd, Odd, Randi, Tor, Hilde, Geir, Silje, Morten, Ida, Øyvind, Åse, Håkon, Sunniva, Magnus, Thea"
    ),
    last_names=_words(
        "Hansen, Johansen, Olsen, Larsen, Andersen, Pedersen, Nilsen, Kristiansen, Jensen, Karlsen, "
        "Johnsen, Pettersen, "
        "Eriksen, Berg, Haugen, Hagen, Johannessen, Andreassen, Jacobsen, Dahl, Halvorsen, Lie, Sørensen, Jørgensen, "
        "Solberg, Moen, Bakken, Strøm, Ødegård, Aas, Tangen, Sæther"
    ),
    streets=_words(
        "Storgata, Kirkegata, Havnegata, Kongens gate, Strandveien, Industriveien, Skolegata, Dronningens gate, "
        "Bjørkeveien, Fjellveien, Torggata, Sjøgata, Ringveien, Parkveien"
    ),
    number_first=False,
    places=_places(
        """
        0155 | Oslo | Oslo | 22 ## ## ##
        0484 | Oslo | Oslo | 23 ## ## ##
        5003 | Bergen | Vestland | 55 ## ## ##
        7011 | Trondheim | Trøndelag | 73 ## ## ##
        4006 | Stavanger | Rogaland | 51 ## ## ##
        9008 | Tromsø | Troms | 77 ## ## ##
        4611 | Kristiansand | Agder | 38 ## ## ##
        3015 | Drammen | Buskerud | 32 ## ## ##
        6002 | Ålesund | Møre og Romsdal | 70 ## ## ##
        8006 | Bodø | Nordland | 75 ## ## ##
        1607 | Fredrikstad | Østfold | 69 ## ## ##
        2609 | Lillehammer | Innlandet | 61 ## ## ##
        """
    ),
    mobile="41# ## ###",
    box="Postboks {}",
)

SWEDEN = Country(
    heads=_words(
        "Norrsken, Björk, Älvdal, Mälar, Svea, Göta, Lindqvist, Bergström, Lundgren, Sandberg, Holm, Ekström, Nyberg, "
        "Sjöberg, Åkerman, Öberg, Hedlund, Vinge, Skåne, Dalarna, Vättern, Kust, Tall, Gran, Ahlberg, Forsberg, "
        "Norrland, Solna, Stenmark, Wallin"
    ),
    trades=_words(
        "Bygg, Rör, El, Maskin, Åkeri, Redovisning, Marin, Snickeri, Fastigheter, Livs, Energi, Data, "
        "Handel, Verkstad, "
        "Reklam, Bageri, Service, Konsult, Möbler, Lantbruk"
    ),
    form="AB",
    first_names=_words(
        "Erik, Anna, Lars, Maria, Karl, Margareta, Anders, Elisabeth, Johan, Eva, Per, Birgitta, Nils, Kristina, Jan, "
        "Karin, Mikael, Sara, Olof, Ulrika, Gustav, Åsa, Björn, Maj, Oskar, Elin"
    ),
    last_names=_words(
        "Andersson, Johansson, Karlsson, Nilsson, Eriksson, Larsson, Olsson, Persson, Svensson, "
        "Gustafsson, Pettersson, "
        "Jonsson, Jansson, Hansson, Bengtsson, Jönsson, Lindberg, Jakobsson, Magnusson, Lindström, Söderberg, Åberg"
    ),
    streets=_words(
        "Storgatan, Kungsgatan, Drottninggatan, Skolgatan, Järnvägsgatan, Hamngatan, Vasagatan, Industrigatan, "
        "Ringvägen, Björkvägen, Nygatan, Torggatan"
    ),
    number_first=False,
    places=_places(
        """
        111 22 | Stockholm | Stockholm | 08-5## ### ##
        118 46 | Stockholm | Stockholm | 08-6## ### ##
        411 04 | Göteborg | Västra Götaland | 031-7## ## ##
        211 20 | Malmö | Skåne | 040-3## ## ##
        753 20 | Uppsala | Uppsala | 018-1## ## ##
        722 11 | Västerås | Västmanland | 021-1## ## ##
        702 10 | Örebro | Örebro | 019-6## ## ##
        582 22 | Linköping | Östergötland | 013-2## ## ##
        903 26 | Umeå | Västerbotten | 090-1## ## ##
        """
    ),
    mobile="070-### ## ##",
    box="Box {}",
)

DENMARK = Country(
    heads=_words(
        "Bøgeskov, Vesterhav, Lille Bælt, Storebælt, Dansk, Jysk, Fynsk, Sjællands, Holm, Kjær, Møller, Lund, Skov, "
        "Nørgaard, Østergaard, Klint, Strand, Vinter, Dahl, Bruun, Toft, Agger, Limfjord, Mols, Rosen, "
        "Bay, Krogh, Friis"
    ),
    trades=_words(
        "Byg, VVS, El, Maskiner, Transport, Revision, Marine, Tømrer, Ejendomme, Fisk, Energi, Data, Handel, Værksted, "
        "Reklame, Bageri, Service, Rådgivning, Møbler, Landbrug"
    ),
    form="ApS",
    first_names=_words(
        "Peter, Anne, Michael, Kirsten, Jens, Mette, Lars, Hanne, Thomas, Helle, Henrik, Susanne, Søren, Lene, Niels, "
        "Marianne, Jørgen, Bente, Rasmus, Camilla, Åge, Sofie"
    ),
    last_names=_words(
        "Nielsen, Jensen, Hansen, Pedersen, Andersen, Christensen, Larsen, Sørensen, Rasmussen, Jørgensen, Petersen, "
        "Madsen, Kristensen, Olsen, Thomsen, Christiansen, Poulsen, Johansen, Møller, Mortensen, Kjær, Østergaard"
    ),
    streets=_words(
        "Hovedgaden, Nørregade, Vestergade, Østergade, Søndergade, Strandvejen, Kirkevej, Havnegade, Industrivej, "
        "Skolegade, Algade, Bredgade"
    ),
    number_first=False,
    places=_places(
        """
        1050 | København K | Hovedstaden | 33 1# ## ##
        2100 | København Ø | Hovedstaden | 35 1# ## ##
        8000 | Aarhus C | Midtjylland | 86 1# ## ##
        5000 | Odense C | Syddanmark | 66 1# ## ##
        9000 | Aalborg | Nordjylland | 98 1# ## ##
        6700 | Esbjerg | Syddanmark | 75 1# ## ##
        8900 | Randers C | Midtjylland | 86 1# ## ##
        4000 | Roskilde | Sjælland | 46 1# ## ##
        """
    ),
    mobile="20 1# ## ##",
    box="Postboks {}",
)

GERMANY = Country(
    heads=_words(
        "Nordwind, Hanse, Rhein, Elbe, Isar, Schwarzwald, Bergmann, Schröder, Weiß, Krüger, Köhler, Brandt, Vogel, "
        "Lindner, Sommer, Winkler, Böhm, Jäger, Kühn, Alpen, Spree, Neckar, Harz, Ostsee, Falken, Adler, Eichen, Roth"
    ),
    trades=_words(
        "Bau, Sanitär, Elektro, Maschinenbau, Logistik, Steuerberatung, Schiffsbedarf, Holzbau, Immobilien, Feinkost, "
        "Energie, Software, Handel, Werkstatt, Werbung, Bäckerei, Service, Beratung, Möbel, Agrar"
    ),
    form="GmbH",
    first_names=_words(
        "Thomas, Sabine, Michael, Petra, Andreas, Claudia, Stefan, Monika, Jürgen, Ursula, Wolfgang, Birgit, Matthias, "
        "Nicole, Jörg, Heike, Günter, Anja, Uwe, Katrin, Björn, Julia"
    ),
    last_names=_words(
        "Müller, Schmidt, Schneider, Fischer, Weber, Meyer, Wagner, Becker, Schulz, Hoffmann, Schäfer, Koch, Bauer, "
        "Richter, Klein, Wolf, Schröder, Neumann, Schwarz, Zimmermann, Braun, Krüger, Groß, Lange"
    ),
    streets=_words(
        "Hauptstraße, Bahnhofstraße, Schulstraße, Gartenstraße, Lindenstraße, Goethestraße, "
        "Schillerstraße, Marktplatz, "
        "Hafenstraße, Industriestraße, Bergstraße, Kirchweg"
    ),
    number_first=False,
    places=_places(
        """
        10115 | Berlin | Berlin | 030 2######
        20095 | Hamburg | Hamburg | 040 3######
        80331 | München | Bayern | 089 5######
        50667 | Köln | Nordrhein-Westfalen | 0221 2######
        60311 | Frankfurt am Main | Hessen | 069 2######
        70173 | Stuttgart | Baden-Württemberg | 0711 2######
        28195 | Bremen | Bremen | 0421 3######
        01067 | Dresden | Sachsen | 0351 4######
        """
    ),
    mobile="0151 1#######",
    box="Postfach {}",
)

NETHERLANDS = Country(
    heads=_words(
        "Noordzee, Zuiderzee, Amstel, Maas, Polder, Tulp, Molen, De Vries, Van Dijk, Bakker, Visser, Smit, Mulder, "
        "De Groot, Vermeer, Van den Berg, Dekker, Brouwer, Delta, Oranje, Waal, Veluwe, Haven, Duin"
    ),
    trades=_words(
        "Bouw, Installatie, Elektro, Machines, Transport, Administratie, Scheepvaart, Timmerwerk, Vastgoed, Vis, "
        "Energie, Software, Handel, Werkplaats, Reclame, Bakkerij, Diensten, Advies, Meubelen, Agro"
    ),
    form="B.V.",
    first_names=_words(
        "Jan, Johanna, Pieter, Maria, Hendrik, Anna, Willem, Elisabeth, Cornelis, Sanne, Daan, Eva, Bram, Lotte, Sem, "
        "Fleur, Thijs, Noor, Ruud, Marloes"
    ),
    last_names=_words(
        "de Jong, Jansen, de Vries, van den Berg, van Dijk, Bakker, Janssen, Visser, Smit, Meijer, de Boer, Mulder, "
        "de Groot, Bos, Vos, Peters, Hendriks, van Leeuwen, Dekker, Brouwer"
    ),
    streets=_words(
        "Dorpsstraat, Kerkstraat, Molenweg, Stationsstraat, Julianastraat, Havenkade, Marktplein, Nieuwstraat, "
        "Industrieweg, Beatrixlaan"
    ),
    number_first=False,
    places=_places(
        """
        1012 AB | Amsterdam | Noord-Holland | 020 6## ####
        3011 AA | Rotterdam | Zuid-Holland | 010 4## ####
        2511 BT | Den Haag | Zuid-Holland | 070 3## ####
        3511 CE | Utrecht | Utrecht | 030 2## ####
        5611 AZ | Eindhoven | Noord-Brabant | 040 2## ####
        9711 LM | Groningen | Groningen | 050 3## ####
        """
    ),
    mobile="06 1#######",
    box="Postbus {}",
)

BRITAIN = Country(
    heads=_words(
        "Northgate, Thames, Severn, Highland, Pennine, Cotswold, Albion, Ashworth, Bradley, Carter, Dawson, Ellis, "
        "Fletcher, Harper, Mercer, Oakley, Redfern, Stanton, Whitmore, Kingsley, Lochside, Meadow, Harbour, Oxbow"
    ),
    trades=_words(
        "Construction, Plumbing, Electrical, Engineering, Haulage, Accounting, Marine, Joinery, Estates, Seafood, "
        "Energy, Software, Trading, Motors, Media, Bakery, Services, Consulting, Furniture, Farms"
    ),
    form="Ltd",
    first_names=_words(
        "James, Mary, John, Patricia, Robert, Jennifer, Michael, Linda, William, Elizabeth, David, Barbara, Oliver, "
        "Amelia, George, Isla, Harry, Emily, Siân, Zoë"
    ),
    last_names=_words(
        "Smith, Jones, Taylor, Brown, Williams, Wilson, Johnson, Davies, Robinson, Wright, Thompson, Evans, Walker, "
        "White, Roberts, Green, Hall, Wood, O'Brien, MacDonald"
    ),
    streets=_words(
        "High Street, Station Road, Church Lane, Victoria Road, Park Avenue, Mill Lane, The Crescent, Queens Road, "
        "Harbour Street, Kings Way"
    ),
    number_first=True,
    places=_places(
        """
        EC1A 1BB | London | Greater London | 020 7### ####
        M1 1AE | Manchester | Greater Manchester | 0161 2## ####
        B1 1HQ | Birmingham | West Midlands | 0121 2## ####
        EH1 1YZ | Edinburgh | Midlothian | 0131 2## ####
        BS1 4ST | Bristol | Bristol | 0117 9## ####
        LS1 4DY | Leeds | West Yorkshire | 0113 2## ####
        """
    ),
    mobile="07400 ######",
    box="PO Box {}",
)

COUNTRIES: dict[str, Country] = {
    "NO": NORWAY, "SE": SWEDEN, "DK": DENMARK, "DE": GERMANY, "NL": NETHERLANDS, "GB": BRITAIN,
}  # fmt: skip
