"""Random lives of a configuration: what is added, renamed, retyped, retired and restored in it."""

from dataclasses import dataclass, replace

from hypothesis import strategies as st

TYPES = (
    "text",
    "long_text",
    "integer",
    "number",
    "money",
    "percent",
    "bool",
    "date",
    "datetime",
    "email",
    "phone",
    "url",
    "timezone",
    "choice",
    "choices",
    "stage",
    "link",
    "user",
    "any_link",
    "sequence",
)
WRITTEN = (
    "12",
    "about 12",
    "red",
    "red, blue",
    "2026-03-02",
    "true",
    "a@b.bg",
    "Europe/Sofia",
    "Иван",
    None,
)
KEYS = {
    "choice": ", options: {red: Red, blue: Blue}",
    "choices": ", options: {red: Red, blue: Blue}",
    "link": ", to: other",
    "number": ", decimals: 1",
}


@dataclass(frozen=True)
class Config:
    """A configuration with two entities: id of the field -> type, and who was called what."""

    entity: str = "client"
    was: str = ""
    fields: tuple[tuple[str, str, str, str], ...] = (
        ("name", "text", "", ""),
        ("note", "text", "", ""),
    )

    def text(self) -> str:
        lines = [f"      {name}: {{{field_keys(*keys)}}}" for name, *keys in self.fields]
        was = f"    was: {self.was}\n" if self.was else ""
        return (
            "currency: EUR\ntimezone: Europe/Sofia\nphone_region: BG\n"
            "pipelines: {way: {stages: {red: {label: Red}, done: {label: Done}}}}\n"
            f"entities:\n  other: {{fields: {{name: text}}}}\n  {self.entity}:\n{was}    fields:\n"
            + "\n".join(lines)
            + "\n"
        )


def field_keys(kind: str, was: str, more: str) -> str:
    required = "" if kind in ("sequence", "stage", "bool") else more
    keys = (KEYS.get(kind, ""), f", was: {was}" if was else "", required)
    return f"type: {kind}" + "".join(keys)


NAMES = ("note", "a", "b", "version", "order", "title_key")
MORE = ("", ", index: true", ", required: true")


@st.composite
def lives(draw: st.DrawFn) -> list[Config]:
    """Draws a sequence of configurations, each made from the one before by a few changes."""
    steps, config = [], Config()
    for _ in range(draw(st.integers(2, 6))):
        config = replace(
            config,
            was="",
            fields=tuple((name, kind, "", more) for name, kind, _, more in config.fields),
        )
        for _ in range(draw(st.integers(1, 3))):
            config = draw(st.sampled_from((add, rename, retype, retire, rename_entity)))(
                config, draw
            )
        steps.append(config)
    return steps


def free_names(config: Config) -> list[str]:
    """Returns the names that no field has, or had before this step."""
    used = {one for name, _, was, _ in config.fields for one in (name, was)}
    return [one for one in NAMES if one not in used]


def add(config: Config, draw: st.DrawFn) -> Config:
    free = free_names(config)
    if not free:
        return config
    kind, more = draw(st.sampled_from(TYPES)), draw(st.sampled_from(MORE))
    return replace(config, fields=(*config.fields, (draw(st.sampled_from(free)), kind, "", more)))


def rename(config: Config, draw: st.DrawFn) -> Config:
    free = free_names(config)
    if not free or len(config.fields) == 1:
        return config
    number = draw(st.integers(1, len(config.fields) - 1))
    name, kind, was, more = config.fields[number]
    new = (draw(st.sampled_from(free)), kind, was or name, more)
    return replace(config, fields=(*config.fields[:number], new, *config.fields[number + 1 :]))


def retype(config: Config, draw: st.DrawFn) -> Config:
    if len(config.fields) == 1:
        return config
    number = draw(st.integers(1, len(config.fields) - 1))
    name, _, was, more = config.fields[number]
    new = (name, draw(st.sampled_from(TYPES)), was, more)
    return replace(config, fields=(*config.fields[:number], new, *config.fields[number + 1 :]))


def retire(config: Config, draw: st.DrawFn) -> Config:
    if len(config.fields) == 1:
        return config
    number = draw(st.integers(1, len(config.fields) - 1))
    return replace(config, fields=(*config.fields[:number], *config.fields[number + 1 :]))


def rename_entity(config: Config, _: st.DrawFn) -> Config:
    if config.was:
        return config
    new = "client" if config.entity == "person" else "person"
    return replace(config, entity=new, was=config.entity)
