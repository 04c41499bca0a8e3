"""The page that says how a telephone or computer comes to trust this server's own authority."""

import html
from typing import Final

from data.certificates import Standing

AUTHORITY_PATH: Final = "/sanbai-ca.crt"

_STEPS: Final = (
    (
        "安卓、鸿蒙手机 · Android",
        (
            "按上面的按钮下载证书文件（sanbai-ca.crt）。",
            "打开“设置”，在顶部搜索“证书”或“凭据”，选“安装证书 → CA 证书”"
            "（华为：安全 → 更多安全设置 → 加密和凭据 → 从存储设备安装；"
            "小米：密码与安全 → 系统安全 → 加密与凭据；"
            "OPPO、vivo：密码与安全 → 系统安全 → 凭据存储）。",
            "提示“您的数据不会是私密的”时选“仍然安装”——本证书只能用于内网地址和本系统的名称，"
            "不能用于其他网站。选下载的文件，按提示输入锁屏密码。",
            "与上面的指纹核对无误，再按“打开三百”。",
        ),
        (
            "Download the certificate by the button above (sanbai-ca.crt).",
            "Open Settings, search for “certificate”, choose Install a certificate → "
            "CA certificate, and say Install anyway: it can sign for private addresses and this "
            "system's own names only, for no other site.",
            "Choose the file, enter the screen lock, compare the fingerprint, and open Sanbai.",
        ),
    ),
    (
        "苹果手机、平板 · iPhone, iPad",
        (
            "用 Safari 打开本页，按上面的按钮，选“允许”。",
            "打开“设置 → 已下载描述文件”，按“安装”。",
            "再到“设置 → 通用 → 关于本机 → 证书信任设置”，把“Sanbai CA”打开。",
        ),
        (
            "Open this page in Safari, press the button above and allow it.",
            "Settings → Profile Downloaded → Install.",
            "Settings → General → About → Certificate Trust Settings: switch “Sanbai CA” on.",
        ),
    ),
    (
        "Windows 电脑 · Windows",
        (
            "双击下载的文件，按“安装证书”，选“本地计算机”。",
            "选“将所有的证书都放入下列存储”，浏览到“受信任的根证书颁发机构”，完成后重开浏览器。",
        ),
        (
            "Open the file, Install Certificate, Local Machine.",
            "Place it in Trusted Root Certification Authorities, then open the browser anew.",
        ),
    ),
)

_STYLE: Final = """
body{margin:0;background:#fff;color:#1a1a1a;font:1.125rem/1.6 system-ui,sans-serif}
main{max-width:42rem;margin:0 auto;padding:1rem 1rem 3rem}
h1{font-size:1.5rem;margin:.5rem 0}h2{font-size:1.2rem;margin:2rem 0 .25rem}
a.go{display:block;text-align:center;padding:.8rem 1rem;margin:.75rem 0;border-radius:.5rem;
background:#0b5394;color:#fff;text-decoration:none;font-weight:600}
a.next{background:#fff;color:#0b5394;border:2px solid #0b5394}
code{display:block;padding:.75rem;background:#f0f0f0;border-radius:.5rem;
font-size:1rem;word-break:break-all}
.en{color:#555;font-size:1rem}li{margin:.35rem 0}
@media (prefers-color-scheme:dark){body{background:#121212;color:#eee}code{background:#262626}
.en{color:#bbb}a.go{background:#8ab8e6;color:#0d1a26}
a.next{background:#121212;color:#8ab8e6;border-color:#8ab8e6}}
"""


def trust_page(standing: Standing, address: str) -> str:
    """Write the page.

    Parameters
    ----------
    address
        Where the site itself is, over HTTPS.
    """
    where = html.escape(address, quote=True)
    steps = "".join(
        f"<h2>{html.escape(title)}</h2>{_list(chinese, 'zh')}{_list(english, 'en')}"
        for title, chinese, english in _STEPS
    )
    return f"""<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>三百 · 信任本服务器 Trust this server</title><style>{_STYLE}</style></head>
<body><main>
<h1>三百：第一次使用，先信任本服务器</h1>
<p>手机上的拍照、定位和离线使用需要加密连接。本单位的服务器用自己的证书，每台手机装一次即可。
已经装过的，直接打开。</p>
<p class="en" lang="en">Camera, place and offline work need an encrypted connection. This server
has a certificate of its own; each device takes it in once.</p>
<a class="go" href="{AUTHORITY_PATH}">下载证书 · Download the certificate</a>
<a class="go next" href="{where}">打开三百 · Open Sanbai</a>
<p>指纹（SHA-256），与单位发的纸上或机房里的一致才安装；不一致请停下并告诉管理员：</p>
<p class="en" lang="en">Its fingerprint. Install it only if it is the one your office gave you on
paper.</p>
<code>{html.escape(standing.fingerprint or "")}</code>
{steps}
</main></body></html>
"""


def _list(lines: tuple[str, ...], language: str) -> str:
    items = "".join(f"<li>{html.escape(line)}</li>" for line in lines)
    return f'<ol class="{language}" lang="{language}">{items}</ol>'
