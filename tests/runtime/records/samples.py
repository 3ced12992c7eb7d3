"""Small CRMs that the tests of the record service share."""

EVERY_TYPE = """
currency: EUR
phone_region: BG
entities:
  thing:
    fields:
      text: text
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
pipelines: {way: {stages: {first: {}, second: {}}}}
"""
