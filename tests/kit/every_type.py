"""A field of every type that is stored, for CRMs whose tests are about types."""

FIELDS = """\
      text: {type: text, help: Any words}
      long_text: long_text
      email: email
      phone: phone
      url: url
      timezone: timezone
      integer: integer
      number: {type: number, decimals: 3}
      percent: {type: percent, decimals: 0}
      money: money
      bool: bool
      choice: {type: choice, options: [red, green]}
      choices: {type: choices, options: [red, green, blue]}
      date: date
      datetime: datetime
      link: {type: link, to: thing}
      colleague: user
      team: team
      any_link: any_link
      stage: {type: stage, pipeline: way}
      sequence: sequence
"""
EVERY_TYPE = f"""
currency: EUR
phone_region: BG
entities:
  thing:
    fields:
{FIELDS}
pipelines: {{way: {{stages: {{first: {{}}, second: {{}}}}}}}}
"""
