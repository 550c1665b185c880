"""The words used in the sample: names, companies, pages, e-mails, products.

The seller is made up: "Desert Paw Academy" in Phoenix teaches first aid and training for animals
to pet owners and to companies that work with animals.
"""

from __future__ import annotations

_FIRST_NAMES_TEXT = """
    Ada Aisha Alejandro Amir Ana André Anneliese Ben Björn Brenda Carlos Cedric Chloé Dana David Dmitri
    Élodie Emma Fatima Felix François Frank Grace Hana Hannah Hugo Ingrid Isaac Iván Jack Jamal Jane
    José Judith Karim Kate Kenji Lars Laura Léa Liam Lucía Magda Marcus María Marta Mei Miguel Mina
    Nadia Nina Noah Olga Oscar Paula Pedro Priya Quentin Rachel Ravi René Rosa Ruth Samir Sara Siobhán
    Sofía Søren Stefan Tara Thomas Uma Vera Viktor Wanda Will Xavier Yara Yusuf Zoë
"""
_LAST_NAMES_TEXT = """
    Abbott Adeyemi Åkesson Alvarez Baker Bauer Begum Bennett Brown Castillo Chen Clarke Cohen Cruz
    D'Angelo Davis Delgado Díaz Dubois Eriksson Evans Fernández Fischer Flores Foster García Gómez Green
    Gupta Hansen Harris Hoffmann Hughes Ibrahim Ito Jackson Johnson Jones Kaya Kelly Khan Kim Kowalski
    Larsen Lee Lefèvre López Martin Mendoza Meyer Miller Moore Morgan Müller Murphy Nakamura Ng Nguyễn
    Novák O'Brien O'Neill Okafor Olsen Ortiz Park Patel Pérez Petrov Popescu Quinn Ramírez Reed Rivera
    Rossi Ruiz Santos Schmidt Silva Singh Smith Sousa Suzuki Taylor Torres Tran Underwood Vargas Vogel
    Walker Weber White Wong Yilmaz Young Zhang
"""
FIRST_NAMES = tuple(_FIRST_NAMES_TEXT.split())
LAST_NAMES = tuple(_LAST_NAMES_TEXT.split())
FIRM_STARTS = (
    "Agave",
    "Blue Mesa",
    "Camelback",
    "Copper State",
    "Desert",
    "Gila",
    "High Noon",
    "Ironwood",
    "Juniper",
    "Lucky Tail",
    "Ocotillo",
    "Palo Verde",
    "Pima",
    "Red Rock",
    "Saguaro",
    "Sonora",
    "Sunrise",
    "Tempe",
)
FIRM_ENDS = (
    "Animal Clinic",
    "Boarding",
    "Dog Sports",
    "Foods, Inc.",
    "Grooming",
    "Pet Hotel",
    "Pet Supply",
    "Rescue",
    "Shelter",
    "Stables",
    "Veterinary Group",
    "Wildlife Park",
)
TITLES = (
    ("Owner", 14),
    ("CEO", 5),
    ("Founder", 5),
    ("VP Operations", 4),
    ("Director of Training", 6),
    ("Head of Care", 6),
    ("Practice Manager", 14),
    ("Veterinarian", 14),
    ("Vet Technician", 16),
    ("Trainer", 12),
    ("Assistant to the CEO", 2),
    ("Student", 5),
    ("", 12),
)
COUNTRIES = (("US", 78), ("CA", 8), ("MX", 4), ("GB", 4), ("DE", 2), ("NO", 1), ("AU", 3), ("", 2))
LEAD_SOURCES = (("Web", 45), ("Referral", 12), ("Trade Show", 10), ("Social", 20), ("", 13))
OWNERS = (("Dana Whitfield", 30), ("Luis Ortega", 28), ("Priya Raman", 22), ("Tom Becker", 14), ("", 6))
PETS = (("dog", 38), ("cat", 22), ("Dog", 2), ("bird", 4), ("rabbit", 4), ("none", 10), ("", 20))
EMPLOYEES = (
    ("", 25),
    ("1", 12),
    ("4", 14),
    ("9", 12),
    ("22", 12),
    ("60", 10),
    ("140", 7),
    ("380", 4),
    ("1200", 3),
    ("2500.0", 1),
)
BUDGETS = (
    ("", 40),
    ("500", 10),
    ("1500", 12),
    ("4000", 12),
    ("8000", 12),
    ("15000", 8),
    ("40000", 5),
    ("n/a", 1),
)
AREA_CODES = ("213", "303", "312", "415", "480", "505", "512", "520", "602", "623", "702", "801", "928")

SITE = "https://example.com"
ARTICLE_PAGES = ("/articles/heat", "/articles/first-aid", "/articles/recall", "/articles/snakes")
SALES_PAGE = "/sales"
PRICING_PAGE = "/pricing"
CHECKOUT_PAGE = "/checkout"
OTHER_PAGES = (
    ("/", 30),
    ("/blog", 18),
    ("/blog/puppies", 10),
    ("/blog/cats", 8),
    ("/courses", 12),
    ("/about", 6),
    ("/contact", 3),
    ("/careers", 1),
    (PRICING_PAGE, 4),
    (SALES_PAGE, 3),
)

PITCH = "pitch"
OTHER_VIDEOS = ("intro", "lesson-1")
FORMS = (("Guide Download", 6), ("Free Consultation", 3), ("Newsletter Signup", 2))
WEBINAR = "First Steps Live"
SURVEY = "Which course fits?"
CALLS = (("Discovery call", 5), ("Follow-up call", 3), ("Call about team places", 1))
ADJUSTMENTS = (
    ("Budget approved", "3"),
    ("Asked for an offer", "2"),
    ("No budget this year", "-4"),
    ("Wrong person", "-6"),
)
PRODUCTS = (("First Aid Course", "149.00"), ("Recall Course", "99.00"), ("Team Pass", "1490.00"))
