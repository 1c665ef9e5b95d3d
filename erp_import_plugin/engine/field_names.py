"""What ERPs call the fields a CRM knows, in the six languages: where suggestions come from."""

from __future__ import annotations

from collections.abc import Mapping

from erp_import_plugin.host_api import EntityKind

# English; Norwegian; Danish; Swedish; German; Dutch; then what databases call it. A word may stand at several fields:
# the first one that is free is suggested.
_CHANNELS = {
    "email": (
        "email, email address, mail; e-post, e-postadresse, epost; mail, mailadresse; e-postadress;"
        "e-mail-adresse; e-mailadres, mailadres"
    ),
    "url": (
        "url, web, website, web site, web page, web address, home page, www, internet; nettside, nettsted, hjemmeside,"
        "nettadresse; webside; hemsida, webbplats, webbadress; webseite, internetadresse; webadres"
    ),
    "country": "country, country code; land, landkode; landekode; landskod; länderkennzeichen, länderkürzel; landcode",
}
_PHONE = (
    "phone, phone number, telephone, telephone number, tel, tel no, main phone, work phone; telefon, telefonnummer,"
    "tlf, tlf nr; telefonnr; telefonnummer arbete; rufnummer, telefon geschäftlich; telefoon, telefoonnummer"
)
_POSTAL = {
    "postal_address_1": (
        "address, address 1, address line 1, postal address, mailing address, invoice address, billing address;"
        "adresse, adresse 1, adresselinje 1, postadresse, postboks, fakturaadresse; faktureringsadresse;"
        "adress, adress 1, postadress, utdelningsadress, fakturaadress; anschrift, postanschrift, rechnungsadresse;"
        "adres, adres 1, postadres, factuuradres"
    ),
    "postal_address_2": (
        "address 2, address line 2, postal address 2, address continued; adresse 2, adresselinje 2, c/o; postadresse 2;"
        "adress 2; adresszusatz; adres 2"
    ),
    "postal_address_3": "address 3, address line 3, postal address 3; adresse 3, adresselinje 3; adress 3; adres 3",
    "postal_zip": ("zip, zip code, postal code, post code; postnummer, postnr; plz, postleitzahl; postcode"),
    "postal_city": "city, town, postal city; poststed, sted; by, postby, bynavn; ort, postort, stad; stadt; plaats",
    "postal_county": "county; fylke; amt; län; kreis, landkreis; gemeente",
    "postal_state": "state, region, province; delstat; provins; landskap; bundesland; provincie",
}
_STREET = {
    "street_address_1": (
        "street, street address, visiting address, delivery address, shipping address, ship to address;"
        "gateadresse, gate, besøksadresse, leveringsadresse; vej, gade, gadeadresse, besøgsadresse;"
        "gata, gatuadress, besöksadress, leveransadress; straße, straße und hausnummer, hausanschrift, lieferadresse;"
        "straat, bezoekadres, afleveradres"
    ),
    "street_address_2": "street 2, street address 2, delivery address 2; leveringsadresse 2; leveransadress 2",
    "street_zip": (
        "street zip, street postal code, delivery zip, delivery postal code, visiting postal code, ship to zip;"
        "leveringspostnummer, besøkspostnummer; leverings postnr; leveranspostnummer; lieferplz; postcode bezoekadres"
    ),
    "street_city": (
        "street city, delivery city, visiting city, ship to city; leveringssted, besøkspoststed; leveringsby;"
        "leveransort; lieferort; plaats bezoekadres"
    ),
    "street_county": "street county, delivery county",
    "street_state": "street state, delivery state",
}
_COMPANY_OF = (
    "company, company name, customer, customer name, account, employer, organisation; firma, firmanavn, bedrift,"
    "selskap, kunde, kundenavn, arbeidsgiver; virksomhed; företag, företagsnamn, kund; firmenname, unternehmen,"
    "arbeitgeber; bedrijf, bedrijfsnaam, klant, werkgever"
)
_COMPANY = {
    "name": (
        "name, name 1, company, company name, customer name, supplier name, vendor name, account name, legal name,"
        "organisation name; navn, firmanavn, firma, kundenavn, leverandørnavn, bedriftsnavn, selskapsnavn,"
        "foretaksnavn; virksomhedsnavn, virksomhed; namn, företag, företagsnamn, kundnamn, leverantörsnamn;"
        "firmenname, kundenname, lieferantenname, unternehmen; naam, bedrijfsnaam, klantnaam, leveranciersnaam"
    ),
    "department": "department, division; avdeling; afdeling; avdelning; abteilung; afdeling",
    "number": (
        "number, no, customer number, customer no, supplier number, supplier no, vendor number, vendor no,"
        "account number, partner number; nummer, nr, kundenummer, kundenr, leverandørnummer, leverandørnr;"
        "debitornummer, kreditornummer; kundnummer, kundnr, leverantörsnummer, leverantörsnr;"
        "kundennummer, kundennr, lieferantennummer, lieferantennr, debitorennummer, kreditorennummer;"
        "klantnummer, klantnr, debiteurnummer, leveranciersnummer, crediteurnummer; accountnum, custno, vendno"
    ),
    "code": (
        "code, short name, search name, alias; kode, kortnavn, søkenavn; søgenavn; kod, kortnamn, söknamn;"
        "kürzel, kurzname, suchbegriff; zoekcode, zoeknaam, korte naam"
    ),
    "vat_number": (
        "vat, vat number, vat no, vat id, vat code, vat registration number, tax id, tax number, tax code,"
        "company registration number, registration number, organisation number, organization number;"
        "organisasjonsnummer, org nr, orgnr, mva-nummer, mva-nr, foretaksnummer;"
        "cvr, cvr-nr, cvr-nummer, se-nummer, moms-nummer; organisationsnummer, momsnr, momsregistreringsnummer;"
        "ust-id, ust-idnr, umsatzsteuer-id, umsatzsteuer-identifikationsnummer, steuernummer, uid, uid-nummer;"
        "btw-nummer, btw-nr, kvk-nummer, ondernemingsnummer; vatnum, taxnum, orgno"
    ),
    "phone": _PHONE,
    "fax": "fax, fax number, telefax; faks, telefaks; faxnummer; telefaxnummer; faxnr",
    **_CHANNELS,
    "category": (
        "category, customer group, supplier group, vendor group, group; kategori, kundegruppe, leverandørgruppe,"
        "gruppe; kundekategori; kundgrupp, leverantörsgrupp; kategorie, kundengruppe, lieferantengruppe;"
        "categorie, klantgroep, leveranciersgroep, debiteurengroep"
    ),
    "business": (
        "business, industry, sector, line of business; bransje, næring; branche; bransch;"
        "wirtschaftszweig; bedrijfstak, sbi-code; nace"
    ),
    "payment_terms": (
        "payment terms, terms of payment, payment condition; betalingsbetingelser, betalingsbetingelse,"
        "betalingsvilkår; betalingsfrist; betalningsvillkor, betalningsvilkor; zahlungsbedingungen, zahlungsbedingung,"
        "zahlungsziel; betalingsvoorwaarden, betalingsconditie, betalingstermijn"
    ),
    **_POSTAL,
    **_STREET,
    "note": (
        "note, notes, comment, comments, remark; merknad, notat, kommentar; bemærkning; anteckning;"
        "notiz, bemerkung; notitie, opmerking"
    ),
}
_PERSON = {
    "first_name": "first name, given name, forename; fornavn; fornavne; förnamn; vorname; voornaam, roepnaam",
    "middle_name": (
        "middle name, second name; mellomnavn; mellemnavn; mellannamn; zweiter vorname; tweede voornaam, tussenvoegsel"
    ),
    "last_name": (
        "last name, surname, family name; etternavn; efternavn; efternamn; nachname, familienname; achternaam"
    ),
    "title": "title, salutation; tittel; titel; anrede; aanhef",
    "position": (
        "position, job title, job, role, function; stilling, stillingstittel, rolle, funksjon; stillingsbetegnelse;"
        "befattning, roll; funktion, berufsbezeichnung; functie, rol"
    ),
    "number": (
        "number, no, contact number, employee number, person number; nummer, nr, kontaktnummer, ansattnummer;"
        "medarbejdernummer; anställningsnummer; personalnummer; contactnummer, personeelsnummer"
    ),
    "birth_date": (
        "birth date, date of birth, birthday, dob; fødselsdato, født, fødselsdag; fødselsdag; födelsedatum, född;"
        "geburtsdatum, geburtstag; geboortedatum, verjaardag"
    ),
    "phone_mobile": (
        "mobile, mobile phone, mobile number, cell, cell phone; mobil, mobiltelefon, mobilnummer, mobiltlf; mobilnr;"
        "mobiltelefonnummer; handy, handynummer, mobilfunk; mobiel, mobiele telefoon, mobiel nummer, gsm"
    ),
    "phone_direct": (
        "direct phone, direct line, direct dial; direktenummer, direkte telefon; direkte nummer; direktnummer;"
        f"durchwahl, direktwahl; doorkiesnummer, direct nummer; {_PHONE}"
    ),
    "phone_private": (
        "private phone, home phone; privattelefon, telefon privat, privat telefon; hjemmetelefon; hemtelefon;"
        "private telefonnummer; privételefoon, telefoon thuis, telefoon privé"
    ),
    "phone_other": (
        "other phone, phone 2, telephone 2, alternative phone; annen telefon, telefon 2; anden telefon; annan telefon;"
        "weitere telefonnummer, andere telefonnummer; andere telefoon, telefoon 2"
    ),
    **_CHANNELS,
    "company_name": _COMPANY_OF,
    "interests": "interests, interest; interesser; interesser; intressen; interessen; interesses",
    **_POSTAL,
}
_PROJECT = {
    "name": (
        "name, project name, project, designation; prosjektnavn, prosjekt, benevnelse; projektnavn, betegnelse;"
        "projektnamn, projekt, benämning; projektname, bezeichnung; projectnaam, naam"
    ),
    "text": (
        "text, description, note, notes, comment; tekst, beskrivelse, merknad, notat; bemærkning; beskrivning;"
        "anteckning; beschreibung, bemerkung, notiz; beschrijving, omschrijving, opmerking"
    ),
    "number": (
        "number, no, project number, project no; nummer, nr, prosjektnummer, prosjektnr; projektnummer, projektnr;"
        "projectnummer, projectnr"
    ),
    "url": _CHANNELS["url"],
    "end_date": (
        "end date, finish date, due date, deadline, completed; sluttdato, ferdigdato, frist; slutdato, afslutningsdato;"
        "slutdatum; enddatum, endtermin; einddatum, opleverdatum"
    ),
    "company_name": _COMPANY_OF,
}


def _words(table: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    return {key: tuple(word.strip() for word in text.replace(";", ",").split(",")) for key, text in table.items()}


NAMES: Mapping[EntityKind, Mapping[str, tuple[str, ...]]] = {
    EntityKind.COMPANY: _words(_COMPANY),
    EntityKind.PERSON: _words(_PERSON),
    EntityKind.PROJECT: _words(_PROJECT),
}
"""CRM field → what it may be called, by entity kind."""
