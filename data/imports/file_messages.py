"""What can be said about a whole file that cannot be imported."""

from typing import Final

from data.imports.messages import Message

_FORMATS_ZH = "GPKG、SHP（或 ZIP）、GeoJSON、FGB、Parquet、CSV、XLSX、GPX"
_FORMATS = "GPKG, SHP (or ZIP), GeoJSON, FGB, Parquet, CSV, XLSX, GPX"

FILE_MESSAGES: Final[dict[str, Message]] = {
    "file_missing": Message(
        "找不到文件 {path}。",
        "请检查路径和文件名。",
        "There is no file {path}.",
        "Check the path and the name.",
    ),
    "file_empty": Message(
        "文件 {path} 是空的（0 字节）。",
        "请重新导出或重新拷贝该文件。",
        "The file {path} is empty (0 bytes).",
        "Export or copy it again.",
    ),
    "file_too_large": Message(
        "文件有 {size_mb} MB，超过上限 {limit_mb} MB。",
        "请按街道或社区拆分后分别导入。",
        "The file has {size_mb} MB; the limit is {limit_mb} MB.",
        "Split it by street or community and import the parts.",
    ),
    "format_unknown": Message(
        "无法识别 {path} 的格式。",
        f"可导入：{_FORMATS_ZH}。请在 QGIS 或 Excel 中另存为其中一种。",
        "The format of {path} is not known.",
        f"Can be imported: {_FORMATS}. Save it as one of these in QGIS or Excel.",
    ),
    "format_old_excel": Message(
        "{path} 是旧版 Excel（.xls）文件。",
        "请用 Excel 或 WPS 打开，另存为 .xlsx 或“CSV UTF-8”。",
        "{path} is an old Excel file (.xls).",
        'Open it in Excel or WPS and save it as .xlsx or "CSV UTF-8".',
    ),
    "xlsx_encrypted": Message(
        "工作簿 {path} 设有打开密码。",
        "请在 Excel 中打开：文件 → 信息 → 保护工作簿 → 取消密码，保存后再导入。",
        "The workbook {path} is protected by a password.",
        "Open it in Excel: File → Info → Protect Workbook → remove the password, then save.",
    ),
    "xlsx_broken": Message(
        "{path} 不是完整的 Excel 工作簿（{reason}）。",
        "请在 Excel 或 WPS 中打开并另存为 .xlsx；网页导出的“假 Excel”也要这样另存。",
        "{path} is not a whole Excel workbook ({reason}).",
        "Open it in Excel or WPS and save it as .xlsx; web exports named .xlsx need this too.",
    ),
    "zip_broken": Message(
        "压缩包 {path} 打不开（{reason}）。",
        "请重新压缩；不要设密码，也不要用 RAR 改名。",
        "The archive {path} cannot be opened ({reason}).",
        "Zip it again, without a password; a renamed RAR is not a ZIP.",
    ),
    "zip_without_layer": Message(
        "压缩包 {path} 里没有可导入的图层，只有：{names}。",
        "请把 .shp、.shx、.dbf、.prj 一起压缩。",
        "The archive {path} holds no layer to import, only: {names}.",
        "Zip .shp, .shx, .dbf and .prj together.",
    ),
    "shapefile_part_missing": Message(
        "Shapefile 不完整，缺少：{parts}。",
        "请把同名的 .shp、.shx、.dbf（最好还有 .prj、.cpg）放在一起，或打成一个 ZIP。",
        "The Shapefile is not whole; missing: {parts}.",
        "Keep .shp, .shx, .dbf (and .prj, .cpg) of one name together, or zip them.",
    ),
    "file_unreadable": Message(
        "文件 {path} 读不出来：{reason}。",
        "文件可能没有拷贝完整。请重新导出，或在 QGIS 中打开后另存。",
        "The file {path} cannot be read: {reason}.",
        "It may have been cut off while copying. Export it again, or save it anew in QGIS.",
    ),
    "layer_missing": Message(
        "文件里没有图层“{layer}”。",
        "现有图层：{layers}。请用 --layer 指定其中一个。",
        'The file has no layer "{layer}".',
        "It has: {layers}. Name one of them with --layer.",
    ),
    "layer_unclear": Message(
        "文件里有多个图层，无法判断用哪一个：{layers}。",
        "请用 --layer 指定。",
        "The file has several layers and it is not clear which is meant: {layers}.",
        "Name one with --layer.",
    ),
    "no_rows": Message(
        "图层“{layer}”里没有任何记录。",
        "请检查导出时是否选错图层，或筛选条件是否把记录全部滤掉了。",
        'The layer "{layer}" has no rows.',
        "Check that the right layer was exported, and that no filter removed every row.",
    ),
    "no_geometry_column": Message(
        "表里没有坐标列。现有列：{columns}。",
        "点需要“经度”“纬度”两列；面和线需要一列 WKT。列名不同时用 --column lon=某列 "
        "--column lat=某列，或 --column wkt=某列。",
        "The table has no coordinates. Its columns: {columns}.",
        "Points need two columns lon and lat; areas and lines need a column with WKT. If they "
        "have other names: --column lon=NAME --column lat=NAME, or --column wkt=NAME.",
    ),
    "column_missing": Message(
        "缺少“{field_zh}”列（{field}）。现有列：{columns}。",
        "请补上这一列；若列名不同，用 --column {field}=文件中的列名。",
        "The column {field} is missing. The file has: {columns}.",
        "Add it, or say which column it is: --column {field}=NAME.",
    ),
    "column_unknown": Message(
        "--column {field}={column}：文件里没有“{column}”列。",
        "现有列：{columns}。",
        "--column {field}={column}: the file has no column {column}.",
        "It has: {columns}.",
    ),
    "field_unknown": Message(
        "--column {field}=…：没有“{field}”这一项。",
        "可用：{fields}。",
        "--column {field}=…: there is no field {field}.",
        "Possible: {fields}.",
    ),
    "crs_missing": Message(
        "文件没有说明坐标系（例：x={x}，y={y}）。",
        "请说明：经纬度用 --datum wgs84（GPS、天地图）、cgcs2000（测绘成果）、gcj02（高德、腾讯）"
        "或 bd09（百度）；米制坐标用 --crs，如 --crs EPSG:4527。{hint_zh}",
        "The file does not say what its coordinates are (example: x={x}, y={y}).",
        "For degrees say --datum wgs84 (GPS, Tianditu), cgcs2000 (survey), gcj02 (AMap, "
        "Tencent) or bd09 (Baidu); for metres --crs, such as --crs EPSG:4527. {hint_en}",
    ),
    "crs_unknown": Message(
        "不认识坐标系“{crs}”（{reason}）。",
        "请写 EPSG 编号，如 --crs EPSG:4490。",
        'The coordinate system "{crs}" is not known ({reason}).',
        "Write an EPSG code, such as --crs EPSG:4490.",
    ),
    "crs_imprecise": Message(
        "坐标系“{crs}”与 WGS 84 之间没有公开的精确换算参数（误差可达百米）。",
        "请先由测绘部门用当地参数换算为 CGCS2000，再导入。",
        'No exact public conversion exists from "{crs}" to WGS 84 (errors reach 100 m).',
        "Have the survey office convert it to CGCS2000 with local parameters first.",
    ),
    "coordinates_not_degrees": Message(
        "坐标系是经纬度，但坐标不是度（例：x={x}，y={y}）。",
        "坐标系说明有误，请用 --crs 指定真实的坐标系。{hint_zh}",
        "The coordinate system is in degrees, but the coordinates are not (x={x}, y={y}).",
        "The stated system is wrong: give the real one with --crs. {hint_en}",
    ),
    "coordinates_swapped": Message(
        "经度和纬度写反了（例：经度={x}，纬度={y}）。",
        "请把两列对调：--column lon=纬度所用的列 --column lat=经度所用的列；"
        "GIS 文件请按“经度在前”重新导出。",
        "Longitude and latitude are swapped (example: lon={x}, lat={y}).",
        "Swap the two columns with --column lon=… --column lat=…; export a GIS file again "
        "with longitude first.",
    ),
    "coordinates_off_crs": Message(
        "坐标落在坐标系“{crs}”的适用范围之外（例：x={x}，y={y}）。",
        "坐标系或带号可能不对，X、Y 也可能写反，请用 --crs 指定正确的坐标系。{hint_zh}",
        'The coordinates lie outside the area of "{crs}" (example: x={x}, y={y}).',
        "The system or its zone may be wrong, or X and Y swapped: give the right --crs. {hint_en}",
    ),
    "encoding_unknown": Message(
        "第 {row} 行附近的文字既不是 UTF-8，也不是 GBK。",
        "请用 --encoding 指定编码，或另存为“CSV UTF-8”。",
        "The text near row {row} is neither UTF-8 nor GBK.",
        'Say which it is with --encoding, or save the file as "CSV UTF-8".',
    ),
    "encoding_wrong": Message(
        "文件不是 {encoding} 编码（第 {row} 行起读不通）。",
        "请换一种 --encoding，或去掉该选项由程序判断。",
        "The file is not in {encoding} (reading stops at row {row}).",
        "Give another --encoding, or leave it out and let the program find it.",
    ),
    "text_not_utf8": Message(
        "文件 {path} 里的文字不是 UTF-8 编码。",
        "请在 QGIS 中重新导出（编码选 UTF-8）。",
        "The text in {path} is not in UTF-8.",
        "Export it again from QGIS with UTF-8.",
    ),
    "geometry_kind_wrong": Message(
        "图层“{layer}”里是{found_zh}，这里需要{needed_zh}。",
        "可能选错了文件或图层。其他图层：{layers}。",
        'The layer "{layer}" holds {found_en}; here {needed_en} are needed.',
        "It may be the wrong file or layer. Other layers: {layers}.",
    ),
    "gpx_without_track": Message(
        "GPX 文件里没有轨迹（只有航点或路线，或轨迹是空的）。",
        "请在记录软件里导出“轨迹 / Track”。",
        "The GPX file holds no track (only waypoints or routes, or an empty track).",
        'Export the "track" from the recording app.',
    ),
    "too_many_vertices": Message(
        "文件共有 {vertices} 个顶点，超过上限 {limit}。",
        "请按街道或社区拆分，或先适当抽稀。",
        "The file has {vertices} vertices; the limit is {limit}.",
        "Split it by street or community, or thin it out first.",
    ),
    "area_codes_missing": Message(
        "区域没有编码，也没有说明级别和上级。",
        "请用 --column code=某列 指出编码列；没有编码时，用 --level community --parent "
        "9 位街道编码，由程序给出临时编码。",
        "The areas have no codes, and their level and parent are not stated.",
        "Name the column with --column code=NAME; where there are no codes, give --level "
        "community --parent STREETCODE (9 digits) to have provisional ones made.",
    ),
    "parent_option_bad": Message(
        "--parent {parent} 不合用：{level} 的上级编码应为 {digits} 位数字。",
        "区县 6 位，街道 9 位。",
        "--parent {parent} does not fit: the parent of a {level} has a code of {digits} digits.",
        "A district has 6 digits, a street 9.",
    ),
    "too_many_provisional": Message(
        "同一上级下有 {count} 个区域要给临时编码，最多 {limit} 个。",
        "请在文件里补上正式编码。",
        "{count} areas of one parent need provisional codes; {limit} are possible.",
        "Put the official codes into the file.",
    ),
    "no_district": Message(
        "系统里没有包含这些数据的区县。",
        "请先导入区域（sanbai import areas …），或用 --district 指定 6 位区县编码。",
        "No district in the system contains these data.",
        "Import the areas first (sanbai import areas …), or name one with --district CODE.",
    ),
    "district_unknown": Message(
        "系统里没有编码为 {code} 的区县。",
        "现有：{codes}。",
        "There is no district {code} in the system.",
        "There are: {codes}.",
    ),
    "account_unknown": Message(
        "没有可用的账号“{login}”。",
        "请用 --as 写出登记人的登录名（sanbai users list 可查）。",
        "There is no active account {login}.",
        "Name the one who enters these records with --as (see sanbai users list).",
    ),
    "account_may_not": Message(
        "账号“{login}”无权上报问题。",
        "请用网格员、指挥中心或管理员的账号。",
        "The account {login} may not report hazards.",
        "Use the account of an officer, a commander or an administrator.",
    ),
    "rows_bad": Message(
        "{total} 行中有 {count} 行有问题，什么也没有导入。第一处：{first_zh}",
        "改好后重新导入；或用 --skip-bad --report bad.csv 先导入其余各行。",
        "Bad rows: {count} of {total}; nothing was imported. The first: {first_en}",
        "Mend them and import again, or use --skip-bad --report bad.csv to import the rest.",
    ),
}
