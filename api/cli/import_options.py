"""Options that several import commands have, told once."""

from typing import Annotated, Literal

import typer

Encoding = Annotated[str | None, typer.Option(help="文字编码 Text encoding, e.g. gbk.")]
SkipBad = Annotated[
    bool, typer.Option("--skip-bad", help="跳过问题行，导入其余 Leave bad rows out.")
]
OneLanguage = Annotated[
    Literal["zh", "en"] | None, typer.Option(help="只用一种语言 One language only: zh | en.")
]
CheckOnly = Annotated[bool, typer.Option("--check", help="只检查不写入 Check only, store nothing.")]
