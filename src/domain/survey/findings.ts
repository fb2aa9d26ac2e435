/**
 * What a delivery can be told, as data: every finding has a stable code, a severity, a sentence and a
 * remedy in Chinese and English. Pure; the console prints the same sentences the server stores codes of.
 *
 *   error   = the row is refused (or, where no row is named, the whole file)
 *   warning = the row is taken, somebody should look
 *   info    = told to who looks into a delivery, never kept of it
 */
import { fill } from '../../core/problem.ts'
import { inWords } from './finding-words.ts'

export type Severity = 'error' | 'warning'
type Entry = readonly [
  severity: Severity | 'info',
  zh: string,
  en: string,
  remedyZh: string,
  remedyEn: string,
]

/** Messages and remedies may hold {file} {row} {field} {value} {rule} and names of `detail`. */
// biome-ignore format: one finding a line is a table that can be read
export const findings = {
  // the file itself
  'file.empty': ['error', '文件没有内容', 'The file is empty', '请重新导出后上传', 'Export it again and send it'],
  'file.no-rows': ['error', '只有表头，没有数据行', 'It has a header but no rows', '请填写数据后重新导出', 'Fill in its rows and export it again'],
  'file.part-missing': ['error', '缺少 {part}', '{part} is missing', '请把 .shp .dbf .shx 与 .prj 一并提交', 'Send .shp, .dbf, .shx and .prj together'],
  'file.truncated': ['error', '文件不完整：应有{expected}，实有{actual}', 'The file is cut short: {expected} expected, {actual} found', '请重新复制或导出该文件', 'Copy or export the file again'],
  'file.corrupt': ['error', '文件内容无法解析：{reason}', 'The file cannot be read: {reason}', '请用原软件打开检查并重新导出', 'Open it in its own program and export it again'],
  'file.format': ['error', '不支持的格式：{reason}', 'The format is not supported: {reason}', '请提交 Shapefile、GeoPackage、GeoJSON、GeoJSONSeq、Excel（.xlsx）、CSV（网格也可用 TopoJSON）', 'Send shapefile, GeoPackage, GeoJSON, GeoJSONSeq, Excel (.xlsx) or CSV (grids also as TopoJSON)'],
  'file.not-zip': ['error', '扩展名为 .zip 但不是压缩包', 'Named .zip but not a zip archive', '请重新压缩', 'Compress it again'],
  'file.zip-bomb': ['error', '压缩包解开后过大：超过 {limit}', 'The archive grows beyond {limit} when unpacked', '请分批提交', 'Send it in parts'],
  'file.zip-path': ['error', '压缩包内的路径越界：{entry}', 'An entry of the archive leads outside it: {entry}', '请在目录内重新压缩', 'Compress it again from inside its folder'],
  'file.encrypted': ['error', '压缩包有密码：{entry}', 'The archive is locked with a password: {entry}', '请去掉密码后重新压缩', 'Compress it again without a password'],
  'file.parts-disagree': ['error', '{part} 有 {actual} 条记录，{other} 有 {expected} 条', '{part} has {actual} records, {other} has {expected}', '请把同一次导出的 .shp .dbf .shx .prj 一并提交', 'Send the .shp, .dbf, .shx and .prj of one and the same export'],
  'file.ignored': ['warning', '未读取的文件：{entry}', 'Not read: {entry}', '若其中有数据，请另行提交', 'If it holds data, send that separately'],
  'file.no-layer': ['error', '没有找到可读的图层', 'No layer that can be read was found', '请检查压缩包内容', 'Look into the archive'],
  'file.save-as': ['error', '{format} 不能直接读取', '{format} is not read as it is', '请用 Excel 或 WPS 另存为“Excel 工作簿（.xlsx）”或 CSV 后提交', 'Save it as an Excel workbook (.xlsx) or CSV and send that'],
  'file.export': ['error', '{format} 不能直接读取', '{format} is not read as it is', '请在原软件中导出为 Shapefile、GeoPackage 或 GeoJSON 后提交', 'Export it as shapefile, GeoPackage or GeoJSON in its own program and send that'],
  'file.gdal': ['error', '本机没有安装 GDAL，不能读取 {format}', 'GDAL is not installed here, so {format} is not read', '请导出为 Shapefile、GeoPackage 或 GeoJSON 后提交，或请管理员安装 GDAL', 'Export it as shapefile, GeoPackage or GeoJSON and send that, or have GDAL installed'],
  'file.limit': ['error', '读取该文件超过了限制 {limit}，已停止', 'Reading the file went beyond the limit of {limit} and was stopped', '请检查文件是否损坏；文件过大时分批导出', 'See whether it is damaged; if it is large, export it in parts'],
  'file.wal': ['warning', '该 GeoPackage 复制时可能仍在别的软件中打开，最后的改动可能不在其中', 'The GeoPackage was perhaps copied while another program had it open; its last changes may not be in it', '请在 QGIS 等软件中关闭后重新复制，或另行导出', 'Close it in QGIS or whatever had it open and copy it again, or export it anew'],
  'workbook.locked': ['error', '工作簿有打开密码', 'The workbook is locked with a password', '请去掉打开密码，另存为 .xlsx 后提交', 'Remove the password for opening, save it as .xlsx and send that'],
  'sheet.hidden': ['warning', '隐藏的工作表“{sheet}”未读取', 'The hidden sheet {sheet} was not read', '若其中有数据，请取消隐藏', 'Unhide it if it holds data'],
  'sheet.no-table': ['warning', '工作表“{sheet}”只有一列，不像表格，未读取', 'The sheet {sheet} has a single column, does not look like a table and was not read', '若其中有数据，请另行提交', 'If it holds data, send that separately'],
  'layer.ignored': ['warning', '图层“{layer}”未读取（{type}）', 'The layer {layer} was not read ({type})', '若其中有数据，请导出为普通的要素图层', 'If it holds data, export it as a plain layer of features'],
  'layer.other-kind': ['warning', '图层“{layer}”像是{kind}，不属于本批内容，未读取', 'The layer {layer} looks like {kind}, is no part of this delivery and was not read', '请用同样的文件另建一批“{kind}”；确属本批内容的，在映射方案的 layers 中写明该图层', 'Announce a delivery of {kind} with the same files; where it belongs here after all, name it in the layers of the profile'],
  'layer.empty': ['warning', '图层“{layer}”没有数据行', 'The layer {layer} has no rows', '若应有数据，请重新导出', 'Export it again if it should have some'],
  'encoding.wrong': ['error', '文字编码不是 {encoding}：第 {row} 行“{field}”含有无效字节', 'The text is not {encoding}: row {row}, {field} has bytes that are not valid', '请在映射方案中指定 encoding（如 gb18030、utf-8、big5）', 'Name the encoding in the mapping profile (gb18030, utf-8, big5 ...)'],
  'encoding.mixed': ['error', '编码混用：第 {row} 行“{field}”是 {encoding}，第 {otherRow} 行是 {other}', 'Two encodings are mixed: row {row}, {field} is {encoding}, row {otherRow} is {other}', '请把文件统一为一种编码后提交；确属一种编码的，在映射方案中指定 encoding', 'Save the file in one encoding; if it is in one, name it as encoding in the mapping profile'],
  'encoding.unknown': ['error', '不认识的编码 {encoding}', 'The encoding {encoding} is not known', '可用：utf-8、gb18030、big5、utf-16le、utf-16be', 'Use utf-8, gb18030, big5, utf-16le or utf-16be'],
  'encoding.declared': ['warning', '声明的编码 {declared} 与内容不符，已按 {encoding} 读取', 'The file says {declared}, but its bytes are not; it was read as {encoding}', '请核对样例行中的文字；不对时在映射方案中指定 encoding', 'Look at the sample rows; if the text is wrong, name the encoding in the profile'],
  'field.ignored': ['warning', '字段“{field}”的类型 {type} 不读取', 'The field {field} is of type {type}, which is not read', '若需要该字段，请改为文本后重新导出', 'Make it text and export again if it is needed'],
  'crs.missing': ['error', '没有坐标系说明', 'The coordinate reference system is not stated', '请提交 .prj，或在映射方案中指定 crs（如 EPSG:4549）', 'Send the .prj, or name crs in the mapping profile (for example EPSG:4549)'],
  'crs.proposed': ['warning', '文件没有写明坐标系；“{x}”“{y}”像经纬度，方案中暂写 {crs}', 'The file states no CRS; {x} and {y} look like degrees, so the profile proposes {crs}', '请核实后再载入：CGCS2000 为 EPSG:4490，WGS 84 为 EPSG:4326，高德、腾讯坐标为 GCJ-02，百度坐标为 BD-09', 'Make sure of it before loading: EPSG:4490 is CGCS2000, EPSG:4326 WGS 84, GCJ-02 what most Chinese web maps show, BD-09 Baidu'],
  'crs.unknown': ['error', '不认识的坐标系：{crs}', 'The coordinate reference system is not known: {crs}', '请在映射方案中指定已核实的 EPSG 代码或 PROJ 字符串', 'Name a verified EPSG code or a PROJ string in the mapping profile'],
  'crs.parameters': ['error', '{crs} 须有转换参数才能使用', '{crs} cannot be used without transformation parameters', '请提供带 +towgs84 的 PROJ 字符串，或转换到 CGCS2000 后提交', 'Give a PROJ string with +towgs84, or send the data in CGCS2000'],
  'position.column': ['error', '表中没有认出坐标列', 'No column of the table was recognised as the position', '在映射方案中写 position.x 与 position.y（或 position.wkt）；现有列：{columns}', 'Write position.x and position.y (or position.wkt) in the profile; columns there: {columns}'],
  'profile.needed': ['error', '没有认出“{label}”所在的列（图层 {layers}），载入时会被拒绝', 'No column was recognised as {label} (layer {layers}); a load would be refused', '在映射方案中写 fields.{key}: 列名；各行相同的写 defaults.{key}: 值；现有列：{columns}', 'Write fields.{key}: COLUMN in the profile, or defaults.{key}: VALUE where it is the same in all rows; columns there: {columns}'],
  'profile.missed': ['warning', '没有认出“{label}”所在的列（图层 {layers}）', 'No column was recognised as {label} (layer {layers})', '文件中有的，在映射方案中写 fields.{key}: 列名；现有列：{columns}', 'Where the file has it, write fields.{key}: COLUMN in the profile; columns there: {columns}'],
  'profile.level': ['error', '没有说明网格级别（图层 {layers}），载入时会被拒绝', 'The level of the grids is not said (layer {layers}); a load would be refused', '在映射方案中写 layers.{layer}.level 或 defaults.level（0 行政区，1 街道、镇，2 社区、村，3 片区），或用 fields.level 指明所在的列', 'Write layers.{layer}.level or defaults.level in the profile (0 district, 1 town, 2 village, 3 area), or the column as fields.level'],
  'profile.column': ['error', '映射方案所指的列“{field}”不在文件中', 'The column {field} named by the profile is not in the file', '现有列：{columns}', 'Columns there: {columns}'],
  // geometry
  'geometry.missing': ['error', '没有几何', 'There is no geometry', '请补测位置', 'Survey its position'],
  'geometry.type': ['error', '几何类型 {value} 不符合：应为 {rule}', 'The geometry is {value}; it should be {rule}', '请按类别要求的几何类型重新采集', 'Collect it with the geometry its class asks for'],
  'geometry.invalid': ['error', '几何无效：{reason}（{place}）', 'The geometry is not valid: {reason} ({place})', '请在制图软件中修复，或用 --fix 由系统修复并说明', 'Repair it in the drawing program, or use --fix to have it repaired and reported'],
  'geometry.fixed': ['warning', '几何已修复：{reason}，面积变化 {change} m²', 'The geometry was repaired: {reason}; area changed by {change} m2', '请核对修复后的形状', 'Look at the repaired shape'],
  'position.not-finite': ['error', '坐标不是数值：{value}', 'The position is not a number: {value}', '请补测位置', 'Survey its position'],
  'position.swapped': ['error', 'X、Y 似乎颠倒：{value}', 'X and Y look swapped: {value}', '请在映射方案中设 swapAxes: true', 'Set swapAxes: true in the mapping profile'],
  'position.zone-prefix': ['error', '东坐标的带号与坐标系不符：{value}', 'The zone prefix of the easting does not fit the CRS: {value}', '带号 40 用 EPSG:4528，无带号用 EPSG:4549', 'With prefix 40 use EPSG:4528, without it EPSG:4549'],
  'position.outside': ['error', '位置在辖区之外：{value}', 'The position is outside the district: {value}', '请核对坐标系与坐标', 'Check the CRS and the position'],
  'position.beyond-border': ['warning', '位置在行政区边界外侧：{value}', 'The position lies just beyond the district border: {value}', '请核对位置；确属本区的，请核对边界', 'Check the position; if the thing is ours, check the border'],
  'position.moved': ['warning', '与登记册中 {value} 的位置相距 {m} 米', 'It lies {m} m from where the registry has {value}', '请核对标识码是否填成了别的部件的，位置是否测错；确已移位的不用处理', 'See whether the code is another thing’s or the position is wrong; leave it if the thing was moved'],
  'position.gap': ['warning', '位置不属于任何片区：{value}', 'The position lies in no area: {value}', '请核对位置，或在认领会中确定归属', 'Check the position, or have the ground claimed'],
  // hints on the coordinates of a whole layer: nothing acts on them by itself
  'hint.swapped': ['warning', 'X、Y 似乎颠倒：抽样 {sample} 个点，按现在的读法在辖区内 {before} 个，按 {proposed} 读则 {after} 个', 'X and Y look swapped: of {sample} sample points {before} lie in the district as they are read, read as {proposed} {after}', '核实后在映射方案中写 {proposed}', 'Make sure, then write {proposed} into the mapping profile'],
  'hint.zone-prefix': ['warning', '东坐标的带号与 {declared} 不符：抽样 {sample} 个点，在辖区内 {before} 个，改用 {proposed} 后 {after} 个', 'The zone prefix of the eastings does not fit {declared}: of {sample} sample points {before} lie in the district, with {proposed} {after}', '核实后在映射方案中写 {proposed}', 'Make sure, then write {proposed} into the mapping profile'],
  'hint.meridian': ['warning', '中央经线似乎是 {meridian}，不是 {declaredMeridian}：抽样 {sample} 个点，在辖区内 {before} 个，按 {meridian} 后 {after} 个', 'The central meridian looks like {meridian}, not {declaredMeridian}: of {sample} sample points {before} lie in the district, with {meridian} {after}', '核实后在映射方案中写 {proposed}', 'Make sure, then write {proposed} into the mapping profile'],
  'hint.system': ['warning', '坐标数值不像 {declared}：抽样 {sample} 个点，在辖区内 {before} 个，按 {proposed} 读则 {after} 个', 'The numbers do not look like {declared}: of {sample} sample points {before} lie in the district, read as {proposed} {after}', '核实后在映射方案中写 {proposed}', 'Make sure, then write {proposed} into the mapping profile'],
  'hint.undeclared': ['warning', '没有声明坐标系：抽样 {sample} 个点，按 {proposed} 读有 {after} 个在辖区内', 'No coordinate system is declared: of {sample} sample points {after} lie in the district when read as {proposed}', '核实后在映射方案中写 {proposed}', 'Make sure, then write {proposed} into the mapping profile'],
  'hint.unjudged': ['info', '坐标是否经过偏移（GCJ-02、BD-09）无法判断：{reason}；抽样 {sample} 个点，在辖区内 {before} 个', 'Whether the positions are shifted (GCJ-02, BD-09) cannot be told: {reason}; of {sample} sample points {before} lie in the district', '请向测量人员确认坐标系，并在映射方案中写明 crs；也可以连同登记册已有标识码的部件，或更大范围的部件一起交付', 'Ask who surveyed which system it is and state crs in the mapping profile; or deliver it together with components whose codes the registry has, or with more of the district'],
  'hint.degrees': ['warning', '度分秒似乎被当作十进制度：抽样 {sample} 个点，在辖区内 {before} 个，按 {proposed} 读则 {after} 个', 'Degrees and minutes look written as decimals: of {sample} sample points {before} lie in the district, read as {proposed} {after}', '核实后在映射方案中写 {proposed}（d.mmss：度.分分秒秒；d.mmmm：度.分；dmm.mmmm：度分.分）', 'Make sure, then write {proposed} into the mapping profile (d.mmss: degrees, minutes, seconds; d.mmmm and dmm.mmmm: degrees, minutes)'],
  'hint.coarse': ['warning', '坐标位数不足：抽样 {sample} 个点中 {on} 个落在 {step} 的格点上，约 {m} 米一格', 'Positions have too few digits: {on} of {sample} sample points lie on a lattice of {step}, about {m} m', '请从原始数据重新导出：经纬度至少 6 位小数，米至少 2 位小数', 'Export from the original data again: degrees with at least 6 decimals, metres with 2'],
  'hint.offset': ['warning', '坐标像 {system}：整体偏移 {m} 米（东 {east}，北 {north}），依据{against}，{sure}；抽样 {sample} 个点，在辖区内 {before} 个，还原后 {after} 个', 'Positions look like {system}: all are {m} m off ({east} east, {north} north), by {against}, {sure}; of {sample} sample points {before} lie in the district, with the shift undone {after}', '核实后在映射方案中写 crs: {system}；未经确认不会还原', 'Make sure, then write crs: {system} into the mapping profile; nothing is undone unconfirmed'],
  'hint.offset-projected': ['warning', '坐标像由 {system} 经纬度投影而来：整体偏移 {m} 米（东 {east}，北 {north}），依据{against}，{sure}', 'Positions look like {system} degrees that were projected afterwards: all are {m} m off ({east} east, {north} north), by {against}, {sure}', '请先还原偏移再投影，或直接提交经纬度并声明 {system}', 'Undo the shift before projecting, or send degrees and declare {system}'],
  'hint.unshifted': ['warning', '声明为 {declared}，但坐标像没有偏移：按 {declared} 还原反而偏移 {m} 米，依据{against}，{sure}', 'Declared as {declared}, but the positions look unshifted: undoing {declared} puts them {m} m off, by {against}, {sure}', '核实后在映射方案中写 crs: {system}', 'Make sure, then write crs: {system} into the mapping profile'],
  'hint.shift': ['warning', '与登记册中同一标识码的 {known} 个部件相比，整体偏移 {m} 米（东 {east}，北 {north}，离散 {spread} 米），{sure}', 'Against {known} components of the same codes in the registry all are {m} m off ({east} east, {north} north, scattered by {spread} m), {sure}', '请核对坐标系、转换参数与控制点；登记册有误的，请说明', 'Check the system, its parameters and control points; if it is the registry that is wrong, say so'],
  // attributes of components
  'code.missing': ['warning', '没有标识码', 'There is no code', '请申请赋码', 'Ask for a code'],
  'code.format': ['error', '标识码 {value} 不符合 {rule}', 'The code {value} does not fit {rule}', '请按编码规则改正；编码规则不同的，在映射方案中写 codeProfile（cjt16、new16 或 any）', 'Correct it after the coding rule; where codes follow another, write codeProfile in the profile (cjt16, new16 or any)'],
  'code.numeric': ['error', '标识码以数值保存，可能已失真：{value}', 'The code is stored as a number and may be rounded: {value}', '请把该列改为文本后重新导出', 'Make the column text and export again'],
  'code.duplicate': ['error', '标识码 {value} 在本次交付中重复（另见 {other}）', 'The code {value} stands twice in this delivery (also {other})', '请重新赋码', 'Allot another code'],
  'code.duplicate-kept': ['warning', '标识码 {value} 在本次交付中重复：{other} 与这一行相同，没有收', 'The code {value} stands twice in this delivery: {other} has it too and was not taken', '请核对这个编码属于哪一行，给另一行重新赋码', 'See which of the rows it belongs to, and allot the other a code of its own'],
  'code.withheld': ['error', '登记册里普查编号为 {value} 的部件有标识码，这一行却没有', 'The registry has a code for the thing of the survey number {value}, and this row has none', '请填上登记册里的标识码', 'Write the code that the registry has'],
  'code.taken': ['error', '标识码 {value} 已由另一部件使用（类别 {other}）', 'The code {value} belongs to another component already (class {other})', '请核对编码，或申请赋码', 'Check the code, or ask for another'],
  'code.class': ['warning', '标识码 {value} 中的类别与 {class} 不一致', 'The class inside the code {value} is not {class}', '请核对类别与编码', 'Check class and code'],
  'code.district': ['warning', '标识码 {value} 不属于本行政区 {district}', 'The code {value} is not of this district {district}', '请核对编码前六位', 'Check its first six digits'],
  'code.range': ['warning', '标识码 {value} 属于分给其他普查单位的码段', 'The code {value} is of a range that another firm holds', '请改用本单位领取的码段', 'Use a code that your own crews were given'],
  'package.class': ['warning', '类别 {value} 不在任务包“{package}”之内', 'The class {value} is not asked for by the package {package}', '请核对类别；确需交付的，请先与委托方商定', 'Check the class; where it is wanted all the same, agree on it first'],
  'package.area': ['warning', '位置所在的片区 {value} 不在任务包“{package}”之内', 'The area {value} it lies in is not asked for by the package {package}', '请核对位置；确需交付的，请先与委托方商定', 'Check the position; where it is wanted all the same, agree on it first'],
  'code.rounded': ['warning', '标识码 {value} 末尾为 {zeros} 个零，该列 {share}% 的长编码都如此，像被电子表格舍入过', 'The code {value} ends in {zeros} zeros, as {share} % of the long codes of its column do: a spreadsheet seems to have rounded them', '请从原始数据重新导出，该列先设为文本；舍入掉的数字不能恢复', 'Export it again from the source with the column as text; the digits rounded away cannot be brought back'],
  'code.characters': ['warning', '代码 {value} 中有{what}，已按 {read} 读取', 'The code {value} has {what}; it was read as {read}', '请在源文件中改正，以免别处读成另一个代码', 'Correct it in the file, lest somebody else reads another code'],
  'class.missing': ['error', '没有类别', 'There is no class', '请填写类别代码或名称；在映射方案中用 fields.className 或 fields.classCode 指明所在的列，或按图层写 layers.图层名.class', 'Give the class code or name; name its column as fields.className or fields.classCode in the profile, or write layers.LAYER.class'],
  'class.unknown': ['error', '类别 {value} 不在字典 {dictionary} 中', 'The class {value} is not in the dictionary {dictionary}', '请改用字典中的类别，或先扩展字典', 'Use a class of the dictionary, or extend it first'],
  'class.mismatch': ['error', '类别代码 {code} 与名称“{name}”不一致（字典为“{expected}”）', 'Class code {code} and name {name} disagree (the dictionary says {expected})', '请核对所用的字典版本', 'Check which dictionary was used'],
  // rows that extend the class dictionary
  'dictionary.code': ['error', '类别代码 {value} 应为 4 或 5 位数字', 'The class code {value} should have 4 or 5 digits', '扩展类别请用大类 21，或小类 80-99', 'Use major 21, or minors 80-99, for classes of your own'],
  'dictionary.name': ['error', '类别没有名称', 'The class has no name', '请填写名称，或在映射方案中用 fields.name 指明所在的列', 'Give its name, or write the column as fields.name in the profile'],
  'dictionary.geometry': ['error', '几何类型 {value} 不明：应为点、线、面', 'The kind of geometry {value} is not known: point, line or polygon', '请填写点、线或面，可多选', 'Write point, line or polygon, or several of them'],
  'dictionary.standard': ['error', '类别代码 {value} 是标准类别（{other}），不能另行定义', 'The class code {value} is a standard one ({other}) and cannot be given another meaning', '请改用扩展代码', 'Use an extension code'],
  'dictionary.duplicate': ['error', '“{value}”已被占用（{other}）', '{value} is taken already ({other})', '请改用别的代码或名称', 'Use another code or name'],
  'unit.name': ['error', '单位没有名称', 'The unit has no name', '请填写单位名称，或在映射方案中用 fields.name 指明所在的列', 'Give its name, or write the column as fields.name in the profile'],
  'unit.duplicate': ['error', '单位 {value} 重复（另见第 {other} 行）', 'The unit {value} stands twice (also row {other})', '请删去一行', 'Remove one of the rows'],
  'unit.taken': ['error', '单位 {value} 与目录中的“{other}”冲突', 'The unit {value} clashes with {other} of the directory', '请核对名称与代码', 'Check its name and code'],
  'component.scrapped': ['warning', '部件 {value} 已于 {on} 作废（变更申请 #{no}），本次又有提交', 'The component {value} was scrapped on {on} (change request #{no}) and is delivered again', '确已拆除的请从交付中删去；仍在原处的，审核通过后作为新增部件登记', 'Leave it out if it is gone; if it stands, it is added again once the delivery is approved'],
  'component.merged': ['warning', '部件 {value} 已于 {on} 并入 {other}（变更申请 #{no}），本次又有提交', 'The component {value} was merged into {other} on {on} (change request #{no}) and is delivered again', '是同一个部件的请从交付中删去；确为两个部件的，审核通过后作为新增部件登记', 'Leave it out if it is the same thing; if there are two, it is added again once the delivery is approved'],
  'component.recoded': ['warning', '标识码 {value} 已于 {on} 改为 {other}（变更申请 #{no}），本次仍用旧码', 'The code {value} was changed to {other} on {on} (change request #{no}); the delivery uses the old one', '请改用新码，否则会作为新增部件重复登记', 'Use the new code; otherwise the thing is added a second time'],
  'component.recognised': ['warning', '登记册里有普查编号同为 {number}、同类、相距 {m} 米的部件：没有另建，作为它的变更收下', 'The registry has a thing of the same class and survey number {number}, {m} m away: this is taken as a change of that one, and not added', '是另一件的，请改用别的普查编号', 'Give it another survey number if it is another thing'],
  'unit.unknown': ['warning', '单位“{value}”不在单位目录中', 'The unit {value} is not in the directory', '请补充单位目录或改正名称', 'Add it to the unit directory or correct the name'],
  'unit.mismatch': ['warning', '单位代码 {code} 与名称“{name}”不一致（目录为“{expected}”）', 'Unit code {code} and name {name} disagree (the directory says {expected})', '请核对单位代码', 'Check the unit code'],
  'unit.same': ['warning', '主管、权属、养护三个单位相同：{value}', 'The unit in all three roles is the same: {value}', '请核对权属单位与养护单位', 'Check owner and maintainer'],
  'state.unknown': ['warning', '状态 {value} 不在 {rule} 之中', 'The state {value} is not one of {rule}', '请改用规定的状态', 'Use one of the states given'],
  'date.missing': ['warning', '没有初始日期', 'There is no initial date', '请补充普查日期', 'Give the day it was surveyed'],
  'date.invalid': ['warning', '日期 {value} 无法识别', 'The date {value} cannot be read', '请写成 YYYYMMDD 或 YYYY-MM-DD', 'Write YYYYMMDD or YYYY-MM-DD'],
  'date.order': ['warning', '变更日期 {value} 早于初始日期 {other}', 'The change date {value} is before the initial date {other}', '请核对日期', 'Check the dates'],
  'date.zero': ['warning', '日期 {value} 是空日期，不是某一天', 'The date {value} is an empty one and no day', '没有日期的请留空', 'Leave it empty where there is none'],
  'date.serial': ['warning', '日期 {value} 是电子表格的序列号（即 {date}），没有采用', 'The date {value} is a spreadsheet’s serial number ({date}); it was not taken', '请把该列设为日期或文本后重新导出', 'Make the column a date or text and export again'],
  'date.future': ['warning', '日期 {value} 晚于 {latest}', 'The date {value} is after {latest}', '请核对日期', 'Check the date'],
  'date.too-early': ['warning', '日期 {value} 早于 {earliest} 年', 'The date {value} is before {earliest}', '请核对日期', 'Check the date'],
  'attribute.missing': ['warning', '没有填写“{attribute}”（{class} 须填）', '{attribute} is missing, which {class} must have', '请补充该属性', 'Fill it in'],
  'duplicate.probable': ['warning', '很可能与 {other} 是同一部件：类别、权属相同，相距 {distance} 米，{alike}', 'Probably the same thing as {other}: same class and owner, {distance} m apart, {alike}', '请到现场核对；重复的删去一个，确是两个的各附照片', 'Check on the spot; remove one if it is double, give each its own photo if there are two'],
  'value.truncated-byte': ['warning', '“{field}”末尾有半个汉字，已去掉', 'The text of {field} ends in half a character, which was dropped', '请缩短文字或加宽字段', 'Shorten the text or widen the field'],
  'value.truncated': ['warning', '“{field}”占满字段宽度 {bytes} 字节，该列多处如此，可能被截断', 'The text of {field} fills its {bytes} bytes to the last, as many of the column do: it may be cut off', '请加宽字段后从源数据重新导出', 'Widen the field and export again from the source'],
  'field.truncated': ['warning', '字段名“{field}”与“{other}”截断后相同，无法分辨，不会自动对应', 'The column names {field} and {other} are alike after being cut; neither is mapped by itself', '请改用不超过 10 字节的不同字段名，或在映射方案中逐列指定', 'Give the columns different names of at most 10 bytes, or name each in the mapping profile'],
  'value.binary': ['error', '“{field}”的内容是二进制数据', 'The value of {field} is binary data', '请改为文本后重新导出', 'Make it text and export again'],
  'cell.error': ['error', '单元格是错误值 {value}', 'The cell holds the error {value}', '请改正公式或填写数值', 'Correct its formula or write its value'],
  'cell.formula': ['error', '公式没有保存计算结果', 'The formula was saved without its result', '请用 Excel 或 WPS 打开并保存，或粘贴为数值', 'Open and save it in Excel or WPS, or paste its value'],
  'cell.unnamed': ['warning', '所在的列没有列名，未读取：{value}', 'Its column has no name, so it was not read: {value}', '请在表头写上列名，或删去该内容', 'Name the column in the header, or remove it'],
  'row.deleted': ['error', '该行在 DBF 中已标记删除，未读取', 'The row is marked deleted in the DBF and was not read', '若应保留，请取消删除标记', 'Undelete it if it should count'],
  'row.columns': ['error', '该行有 {actual} 列，应有 {expected} 列', 'The row has {actual} columns instead of {expected}', '请检查引号与分隔符', 'Check quotes and separators'],
  'row.quote': ['error', '“{field}”的引号不配对：在此打开，没有闭合', 'The quotes in {field} do not pair: one opens here and never closes', '请补上或去掉引号；其后的各行已照常读取', 'Close the quote, or remove it; the rows after it were read as usual'],
  // grids
  'grid.level': ['error', '网格级别 {value} 不明：应为 0、1、2 或 3', 'The grid level {value} is not 0, 1, 2 or 3', '在映射方案中写 defaults.level，或按图层写 layers.图层名.level，或用 fields.level 指明所在的列', 'Write defaults.level in the profile, or layers.LAYER.level for a layer, or the column as fields.level'],
  'grid.code': ['error', '网格代码 {value} 不符合 {rule}', 'The grid code {value} does not fit {rule}', '请按编码规则改正；编码规则不同的，在映射方案中写 codeProfile（如 any、db15，或 county:6 town:3 village:3 sequence:2）', 'Correct it; where codes follow another rule, write codeProfile in the profile (any, db15, or county:6 town:3 village:3 sequence:2)'],
  'grid.code-missing': ['error', '网格没有代码', 'The grid has no code', '请补充代码，或在映射方案中用 fields.code 指明所在的列', 'Give it a code, or write the column as fields.code in the profile'],
  'grid.parent': ['error', '网格 {grid} 找不到上级网格 {value}', 'Grid {grid} finds no parent grid {value}', '请一并提交上级网格，或改正代码', 'Send the parent too, or correct the code'],
  'grid.parent-geometry': ['warning', '网格只有 {share}% 在上级网格 {parent} 内', 'Only {share} % of the grid lies in its parent {parent}', '请核对边界', 'Check the border'],
  'grid.duplicate': ['error', '网格代码 {value} 重复（另见 {other}）', 'The grid code {value} stands twice (also {other})', '请改正代码', 'Correct the code'],
  'grid.none-held': ['error', '本区还没有这一类网格，无从比对', 'The district holds no grids of this kind, so there is nothing to compare with', '请先载入，不选“仅比对”', 'Load them first, without asking for a comparison alone'],
  'grid.not-held': ['warning', '网格 {value} 不在现有网格之中', 'Grid {value} is not among those that hold', '请核对代码；确系新设的，请载入而不是仅比对', 'Check the code; where it is a new grid, load the layer instead of comparing it'],
  'grid.not-delivered': ['warning', '现有网格 {grid}（{held}）没有交付', 'Grid {grid} ({held}) holds and was not delivered', '请补交，或核对代码', 'Deliver it, or check the codes'],
  'grid.name': ['warning', '网格 {grid} 的名称“{value}”与现有名称“{held}”不同', 'Grid {grid} is called {value}; its name is {held}', '请核对名称', 'Check the name'],
  'grid.outline': ['warning', '网格 {value} 的边界与现有边界相差 {m2} 平方米（容差 {tolerance}）', 'The outline of grid {value} differs from the one that holds by {m2} m2 (tolerance {tolerance})', '请核对边界与坐标系', 'Check the border and the reference system'],
  'unit-grid.no-area': ['warning', '单元网格 {value} 不在任何片区之内', 'The unit grid {value} lies in no area', '请核对位置；确系空白地的，请先明确归属', 'Check its position; where the ground is nobody’s, settle whose it is'],
  'unit-grid.overlap': ['warning', '单元网格 {value} 与 {other} 重叠 {m2} 平方米', 'The unit grids {value} and {other} overlap by {m2} m2', '请修正公共边界', 'Mend the border they share'],
  'grid.stated': ['warning', '所填网格 {value} 与位置不符：位置在 {actual}', 'The stated grid {value} does not fit the position, which lies in {actual}', '请核对位置与网格代码', 'Check the position and the grid code'],
  'grid.stated-unheld': ['warning', '“{field}”中有 {n} 行的代码（如 {value}）不是本区现有网格的代码，未与位置比对', '{n} codes in {field} (such as {value}) are of no grid of the district, so they were not compared with the positions', '若是单元网格代码，请先载入单元网格图层', 'Where they are unit grids, load the layer of unit grids first'],
  'grid.no-district': ['error', '没有行政区边界（0 级），无法判断辖区内外', 'There is no district polygon (level 0), so inside and outside cannot be told', '请先载入行政区边界', 'Load the district polygon first'],
  // addresses and places
  'address.empty': ['error', '地址没有文字', 'The address has no text', '请填写地址，或在映射方案中用 fields.text 指明所在的列', 'Give its text, or write the column as fields.text in the profile'],
  'place.kind': ['error', '地名种类 {value} 不明：应为 {rule}', 'The kind of place {value} is not one of {rule}', '在映射方案中写 layers.图层名.placeKind 或 defaults.placeKind，或用 fields.placeKind 指明所在的列', 'Write layers.LAYER.placeKind or defaults.placeKind in the profile, or the column as fields.placeKind'],
  // what a supervisor found on the ground
  'inspection.wrong': ['error', '验收抽查第 {no} 项：“{field}”与实地不符，实地为 {found}', 'Acceptance, item {no}: {field} is not what is on the ground; there it is {found}', '请按实地情况改正，并复查同类', 'Correct it by what is on the ground, and look through others of its kind'],
  'inspection.absent': ['error', '验收抽查第 {no} 项：实地没有这个部件', 'Acceptance, item {no}: the thing is not on the ground', '请核实后删除，或改正位置', 'Make sure, and take it out or correct its position'],
  'inspection.position': ['error', '验收抽查第 {no} 项：位置偏差 {deviation} 米，{accuracy} 级限差 {limit} 米', 'Acceptance, item {no}: the position is off by {deviation} m; class {accuracy} allows {limit} m', '请重测，并检查坐标系与仪器', 'Measure it again, and check the CRS and the instrument'],
  'inspection.missing': ['error', '验收走查（{area}）：漏测类别 {class} 的部件', 'Acceptance walk ({area}): a component of class {class} was not surveyed', '请补测，并复查该片区', 'Survey it, and walk the area again'],
  'inspection.surplus': ['error', '验收走查（{area}）：类别 {class} 的部件实地没有', 'Acceptance walk ({area}): a component of class {class} is not on the ground', '请核实后删除', 'Make sure, and take it out'],
  // photos; they are looked at only where a delivery brings some
  'photo.missing': ['warning', '照片“{value}”不在交付之中', 'The photo {value} was not delivered', '请补交照片，或改正照片名', 'Deliver it, or correct its name'],
  'photo.surplus': ['warning', '照片与任何部件都对不上', 'The photo belongs to no component', '请按标识码或照片列中的名称命名（多张加 _1、_2）', 'Name it after the code, or as the picture column says (several: _1, _2)'],
  'photo.duplicate': ['warning', '照片“{photo}”与另一部件（{other}，{otherPhoto}）的照片内容相同', 'The photo {photo} is the same picture as that of another component ({other}, {otherPhoto})', '请核对是否用错照片，或两行是同一部件', 'Look whether a photo was mixed up, or the two rows are one thing'],
  'photo.far': ['warning', '照片“{photo}”的拍摄位置距部件 {distance} 米，超过 {limit} 米', 'The photo {photo} was taken {distance} m from its component, more than {limit} m', '请核对照片与部件是否对应、位置是否正确', 'Check whether photo and component belong together, and the position'],
  'photo.unreadable': ['warning', '照片无法使用：{reason}', 'The photo cannot be used: {reason}', '请用原照片重新提交（JPG、PNG、HEIC）', 'Deliver the original again (JPG, PNG, HEIC)'],
  'photo.limit': ['error', '照片总量超过上限 {limit}', 'The photos take more room than the limit of {limit}', '请压缩照片后提交，或请管理员调整 PHOTO_LIMIT', 'Send smaller photos, or have the operator raise PHOTO_LIMIT'],
  'photo.changed': ['error', '照片在读取过程中被改动', 'The photo changed while it was read', '请等照片目录不再变动后重新载入', 'Load again when nobody works in the folder'],
  // the load as a whole
  'load.not-full': ['warning', '本批声明为全量，但有内容未读取，因此没有列出缺失的部件', 'Declared full, but not all of it was read, so nothing is proposed to end', '请改正未读取的文件或图层后重新提交；与部件无关的图层，在映射方案中设 skip: true', 'Mend the files or layers that were not read and deliver again; set skip: true in the profile for a layer that holds no components'],
  'load.interrupted': ['error', '载入中断：{reason}', 'The load was interrupted: {reason}', '原有数据未受影响，请重新载入', 'What was there is untouched; load again'],
  'load.cancelled': ['error', '载入已取消', 'The load was cancelled', '原有数据未受影响；需要时请重新载入', 'What was there is untouched; load again when wanted'],
  'load.process-gone': ['error', '执行载入的进程已停止', 'The process that loaded it stopped', '原有数据未受影响，请重新载入', 'What was there is untouched; load again'],
  'load.database-gone': ['error', '载入时数据库连接中断', 'The database went away during the load', '原有数据未受影响；数据库恢复后请重新载入', 'What was there is untouched; load again when the database is back'],
  'load.disk-full': ['error', '磁盘已满：{reason}', 'The disk is full: {reason}', '原有数据未受影响；请腾出空间后重新载入', 'What was there is untouched; make room and load again'],
} as const satisfies Record<string, Entry>

export type FindingCode = keyof typeof findings

/** One thing found: where it is, what it is. Rows count as a person would in the file (see SourceRow.row). */
export interface Finding {
  code: FindingCode
  /** File name inside the delivery, e.g. `部件.zip/0101.shp`. */
  file: string
  row: number | null
  field: string | null
  /** The offending value as it stood in the file, cut to 200 characters. */
  value: string | null
  /** Fills the places of the message. In a workbook `sheet` and `cell` (`C17`) say where it is. */
  detail: Record<string, string | number>
  lonLat: readonly [number, number] | null
  /** The code of the class of its row, where that is known. */
  class?: string | null
}

/** What a reader throws when a file (not one row) cannot be used; the intake turns it into a finding. */
export class FileFault extends Error {
  readonly finding: Finding

  constructor(code: FindingCode, file: string, where: Partial<Omit<Finding, 'code' | 'file'>> = {}) {
    const finding = { row: null, field: null, value: null, detail: {}, lonLat: null, ...where, code, file }
    super(`${file}: ${sentence(finding, 'en')}`)
    this.name = 'FileFault'
    this.finding = finding
  }
}

/** Whether a finding of the reader says why its row has no geometry. */
export const saysWhyNowhere = ({ code }: Finding): boolean => /^(geometry|position)\./.test(code)

/** Whether rows may stand in what the finding says was not read: in a file, a layer, a sheet, an archive. */
export const leavesUnread = ({ code, row, detail }: Finding): boolean =>
  row === null &&
  (severityOf(code) === 'error' ||
    code === 'layer.ignored' ||
    code === 'sheet.hidden' ||
    (code === 'file.ignored' && /\.zip$/i.test(String(detail.entry))))

/** Whether a value that is missing has its reason among the reader's findings: its cell holds an error. */
export const isToldAlready = (
  code: FindingCode,
  field: string | null | undefined,
  row: { findings?: readonly Finding[] },
): boolean =>
  row.findings !== undefined &&
  typeof field === 'string' &&
  code.endsWith('missing') &&
  row.findings.some(each => each.field === field && severityOf(each.code) === 'error')

/** How a finding of a load is taken; what is for information is none. */
export const severityOf = (code: FindingCode): Severity =>
  findings[code][0] === 'error' ? 'error' : 'warning'

/** How it is told. */
export const toldSeverityOf = (code: FindingCode): Severity | 'info' => findings[code][0]

/** The finding's message in a language. */
export function sentence(finding: Finding, lang: 'zh' | 'en'): string {
  return fill(findings[finding.code][lang === 'zh' ? 1 : 2], places(finding, lang))
}

/** What to do about it, in a language. */
export function remedy(finding: Finding, lang: 'zh' | 'en'): string {
  return fill(findings[finding.code][lang === 'zh' ? 3 : 4], places(finding, lang))
}

const places = ({ code, file, row, field, value, detail }: Finding, lang: 'zh' | 'en') => ({
  file,
  row,
  field,
  value,
  ...Object.fromEntries(
    Object.entries(detail).map(([name, said]) => [name, inWords(name, said, code, lang)]),
  ),
})
