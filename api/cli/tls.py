"""Command `sanbai tls`: HTTPS by an authority of one's own, or by a given certificate."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer
from rich.console import Console

from api.settings import Settings
from api.site_address import local_address, secure_address
from data.certificate_names import CertificateError, Fault
from data.certificates import (
    Standing,
    certificate_in_use,
    make_own,
    speak_plain_http,
    take_given,
)

console = Console()

SAID: Final[dict[Fault, str]] = {
    "no-names": "请给出域名或 IP · Give at least one host name or address",
    "bad-name": "不是域名或 IP · No host name or address: {about}",
    "beyond-authority": (
        "已有的根证书不能签 {about}。加 --new-authority 另建根证书（各手机须重新信任）· "
        "The authority there is may not sign for {about}: make another by --new-authority, which "
        "every device has to trust anew"
    ),
    "unreadable": "读不出 PEM · No PEM that can be read: {about}",
    "key-locked": "私钥有口令，请先去掉 · The key has a password, take it off first: {about}",
    "key-differs": "私钥与证书不配对 · The key is not that of the certificate: {about}",
    "expired": "证书已过期 · The certificate ran out on {about}",
    "not-yet": "证书尚未生效 · The certificate is good only from {about}",
    "names-differ": "证书不含此名称 · The certificate is not good for {about}",
    "weak": "密钥太短 · The key is too short: {about}",
}

Names = Annotated[
    list[str] | None,
    typer.Argument(help="域名或 IP，如 10.1.2.3 sanbai.lan · Host names and addresses."),
]


def tls(
    names: Names = None,
    certificate: Annotated[
        Path | None, typer.Option(help="已有证书（PEM，含中间证书）· A certificate given to you.")
    ] = None,
    key: Annotated[Path | None, typer.Option(help="它的私钥（PEM，无口令）· Its key.")] = None,
    new_authority: Annotated[
        bool, typer.Option("--new-authority", help="另建根证书 · Make another authority.")
    ] = False,
    off: Annotated[bool, typer.Option("--off", help="改回 HTTP · Go back to plain HTTP.")] = False,
) -> None:
    """HTTPS：自建根证书或用已有证书。HTTPS by an own authority or a given certificate."""
    settings = Settings()
    try:
        if off:
            speak_plain_http(settings.home)
        elif certificate is not None or key is not None:
            if certificate is None or key is None:
                _fail("--certificate 与 --key 要一起给 · Give both --certificate and --key")
            take_given(settings.home, certificate, key, names or [], datetime.now(UTC))
        elif names:
            make_own(settings.home, names, datetime.now(UTC), new_authority=new_authority)
        standing = certificate_in_use(settings.home)
    except CertificateError as error:
        _fail(SAID[error.fault].format(about=error.about))
    _tell(settings, standing)


def _tell(settings: Settings, standing: Standing | None) -> None:
    if standing is None:
        console.print("未启用 HTTPS · Plain HTTP: sanbai tls 10.1.2.3 sanbai.lan", highlight=False)
        return
    kind = "自建根证书 · own authority" if standing.own else "已有证书 · given certificate"
    lines = [
        f"HTTPS: {kind}",
        f"名称 · Names: {', '.join(standing.names)}",
        f"有效至 · Good until: {standing.until:%Y-%m-%d}",
        f"地址 · Address: {secure_address(settings, standing.names)}",
    ]
    if standing.own:
        plain = f"{standing.names[0]}:{settings.port}"
        lines += [
            f"根证书指纹 · Authority (SHA-256): {standing.fingerprint}",
            f"手机先打开 · Devices first open: http://{plain}/",
        ]
    lines.append(f"重新启动服务后生效 · Restart the server ({local_address(settings)})")
    for line in lines:
        console.print(line, highlight=False, soft_wrap=True)


def _fail(message: str) -> NoReturn:
    Console(stderr=True).print(f"错误 · Error: {message}", style="red", markup=False)
    raise typer.Exit(1)
