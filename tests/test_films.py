"""What a film lover would look at first: the README's table of nearest films, made as the README says, has their kin in it."""

import re
from pathlib import Path

from recsys import Project
from recsys.init import init

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
FILMS = {"Toy Story (1995)": "1", "The Matrix (1999)": "2571", "The Godfather (1972)": "858", "Aliens (1986)": "1200",
         "Beauty and the Beast (1991)": "595"}
#: sequels and close kin: of each of these at least one has to be among the five
KIN = {
    "Toy Story (1995)": ["Toy Story 2"],
    "The Matrix (1999)": ["Star Wars: ", "Lord of the Rings: "],
    "The Godfather (1972)": ["Godfather: Part II, The"],
    "Aliens (1986)": ["Alien (", "Terminator"],
    "Beauty and the Beast (1991)": ["Aladdin", "Lion King"],
}


def words(text: str) -> list[str]:
    return re.findall(r"[\w'.]+", text)


def test_the_nearest_films_are_those_in_the_readme(shared_data, tmp_path):
    init(tmp_path, [shared_data / "ml-latest-small"])
    project = Project(tmp_path, settings={"score.weight_user_neighbours": 0.0, "score.weight_content": 0.0})
    project.refresh()
    shown = dict(re.findall(r"^\| (.+? \(\d{4}\)) \| (.+) \|$", README, re.M))
    assert set(shown) == set(FILMS)
    for film, names in shown.items():
        found = list(project.similar(FILMS[film], 5)["item_name"])
        for name, title in zip(names.split(", "), found, strict=True):
            assert set(words(name)) <= set(words(title)), f"{film}: README says {name}, it is {title}"
        assert any(title.startswith(kin) for title in found for kin in KIN[film]), f"{film}: no kin among {found}"
