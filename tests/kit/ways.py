"""A life of a configuration that goes through every kind of change, one after the other."""

HEAD = """
name: ways
label: Ways
timezone: Europe/Sofia
currency: EUR
pipelines: {way: {stages: {red: {label: Red}, done: {label: Done}}}}
roles: {seller: {can: {log: {every: all}}}}
entities:
  log: {fields: {name: {type: text, required: true}}}
"""
CITIES = "{type: choice, options: {sofia: Sofia, varna: Varna}}"
VISIT = "  visit: {fields: {note: text, who: {type: link, to: client}}}\n"


def crm(*fields: str, entity: str = "client", more: str = "", keys: str = "") -> str:
    """Returns the text of a configuration whose clients have these fields."""
    lines = "".join(f"      {one}\n" for one in ("name: {type: text, required: true}", *fields))
    return f"{HEAD}  {entity}:\n{keys}    fields:\n{lines}{more}"


AGE, NUMBER, CITY, CODE = "age: text", "age: integer", "city: text", "code: text"
FIRST = crm(AGE, CITY, CODE)
WAYS: dict[str, str] = {
    "add a field": crm(AGE, CITY, CODE, "zip: text"),
    "rename a field": crm(AGE, "town: {type: text, was: city}", CODE, "zip: text"),
    "retype with loss": crm(NUMBER, "town: text", CODE, "zip: text"),
    "add a formula": crm(
        NUMBER, "town: text", CODE, "zip: text", "twice: {type: integer, formula: age * 2}"
    ),
    "take a type back": crm(AGE, "town: text", CODE, "zip: text"),
    "retire a field": crm(AGE, CODE, "zip: text"),
    "restore a field": crm(AGE, "town: text", CODE, "zip: text"),
    "text becomes a choice": crm(AGE, f"town: {CITIES}", CODE, "zip: text"),
    "another title": crm(AGE, f"town: {CITIES}", CODE, keys='    title: "{{ name }} {{ age }}"\n'),
    "a unique index": crm(AGE, f"town: {CITIES}", "code: {type: text, unique: true}"),
    "an index": crm("age: {type: text, index: true}", f"town: {CITIES}", "code: text"),
    "create an entity": crm(AGE, CITY, CODE, more=VISIT),
    "rename an entity": crm(
        AGE,
        CITY,
        CODE,
        entity="person",
        keys="    was: client\n",
        more=VISIT.replace("client", "person"),
    ),
    "retire an entity": crm(AGE, CITY, CODE, entity="person"),
    "restore an entity": crm(
        AGE, CITY, CODE, entity="person", more=VISIT.replace("client", "person")
    ),
    "a link": crm(
        AGE,
        CITY,
        CODE,
        "friend: {type: link, to: person}",
        entity="person",
        more=VISIT.replace("client", "person"),
    ),
    "a link to anything, and a stage": crm(
        AGE,
        CITY,
        CODE,
        "about: any_link",
        "stage: {type: stage, pipeline: way}",
        entity="person",
        more=VISIT.replace("client", "person"),
    ),
}
