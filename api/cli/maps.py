"""Commands on maps: ``sanbai map export``."""

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from api.cli.server import running_database
from api.settings import Settings
from data.database import open_engine
from data.exports.map_content import MapError, read_map
from data.exports.static_map import write_static_map

app = typer.Typer(no_args_is_help=True)
console = Console()
errors = Console(stderr=True)


class MapLanguage(StrEnum):
    """Languages of an exported map."""

    zh_cn = "zh-CN"
    en = "en"


@app.command("export")
def export_command(
    *,
    out: Annotated[Path, typer.Option(help="输出文件 File to write, .html")] = Path("map.html"),
    area: Annotated[
        str | None, typer.Option(help="区域编码，默认全区县 Code of an area; the district.")
    ] = None,
    lang: Annotated[
        MapLanguage, typer.Option(help="地图语言 Language of the map.")
    ] = MapLanguage.zh_cn,
    attribution: Annotated[
        str | None,
        typer.Option(help="底图来源说明 Whose data the base map is, shown at its foot."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="覆盖已有文件 Replace a file that is there.")
    ] = False,
) -> None:
    """Write one self-contained HTML map of status and hotspots, to send or to print.

    把网格整改状态与热点写成一个 HTML 文件，可离线打开、发送和打印。
    """
    try:
        _check_target(out, force=force)
        settings = Settings()
        with (
            running_database(settings) as urls,
            console.status("正在读取数据并绘制 Reading and drawing …"),
        ):
            engine = open_engine(urls.app, pool_size=1, statement_timeout_s=300)
            try:
                with engine.connect() as connection:
                    content = read_map(
                        connection,
                        area_code=area,
                        now=datetime.now(UTC),
                        language=lang.value,
                        attribution=attribution,
                    )
            finally:
                engine.dispose()
            write_static_map(out, content, lang.value)
    except MapError as error:
        errors.print(f"错误：{error.message_zh}", style="red", markup=False, highlight=False)
        errors.print(f"Error: {error.message_en}", markup=False, highlight=False)
        raise typer.Exit(1) from error
    except KeyboardInterrupt as error:
        errors.print("已取消，没有写出任何文件。Cancelled; nothing was written.")
        raise typer.Exit(130) from error
    size_mb = out.stat().st_size / 1e6
    console.print(
        f"已写出 {len(content.grids)} 个网格的地图 · Map of {len(content.grids)} grids written: "
        f"{out} ({size_mb:.1f} MB)"
    )


def _check_target(out: Path, *, force: bool) -> None:
    if out.suffix.lower() not in (".html", ".htm"):
        raise MapError(
            f"地图写成网页，文件名应以 .html 结尾，而不是“{out.suffix}”。",
            f"A map is written as a web page: end the name with .html, not “{out.suffix}”.",
        )
    if not out.parent.is_dir():
        raise MapError(
            f"文件夹 {out.parent} 不存在，请先建立。",
            f"The folder {out.parent} does not exist: make it first.",
        )
    if out.exists() and not force:
        raise MapError(
            f"{out} 已存在，加 --force 可覆盖。", f"{out} exists: add --force to replace it."
        )
