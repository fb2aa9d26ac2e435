/**
 * Everything that can go wrong and be said to a caller, in one list: code, HTTP status, Chinese and
 * English. Code throws `problem('unit.unknown', { name })`; one translator (http/errors.ts) sends it
 * as application/problem+json (RFC 9457). An error that is not a Problem is a fault of ours and is
 * answered opaquely.
 */
type Entry = readonly [status: number, zh: string, en: string]

/** Messages may hold {name} places, filled from the detail. */
export const problems = {
  'request.invalid': [400, '请求内容不符合要求：{what}', 'The request is not valid: {what}'],
  'request.too-large': [413, '内容超过上限 {limit}', 'The content is larger than the limit of {limit}'],
  'tile.none': [
    400,
    '没有瓦片 {tile}：第 {z} 级每边只有 {n} 块',
    'There is no tile {tile}: zoom {z} has {n} on a side',
  ],
  'file.name': [
    400,
    '文件名“{name}”不能使用；请改名后再传',
    'The file name {name} cannot be used; give it another',
  ],
  'request.not-found': [404, '没有这个地址：{path}', 'There is nothing at {path}'],
  'request.method': [
    405,
    '{path} 不接受 {method}，可用：{allowed}',
    '{path} does not take {method}, only {allowed}',
  ],
  'request.type': [
    415,
    '不接受内容类型“{given}”，应为 {expected}',
    'The content type {given} is not taken here; send {expected}',
  ],
  'request.origin': [403, '请求来源不被允许', 'The origin of this request is not allowed'],
  'session.required': [401, '请先登录', 'Sign in first'],
  'session.refused': [401, '用户名或密码不正确', 'Name or password is not right'],
  'session.locked': [
    429,
    '尝试次数过多，请在 {seconds} 秒后再试',
    'Too many attempts; try again in {seconds} seconds',
  ],
  'live.too-many': [
    429,
    '同一账号同时打开的实时连接已达上限 {n} 个；请关闭不用的页面',
    'The account has {n} live connections open, which is the most; close pages that are not used',
  ],
  'guess.busy': [
    429,
    '服务器正在查看其他批次，请 {seconds} 秒后再试',
    'The server is looking into other deliveries; try again in {seconds} seconds',
  ],
  'session.password': [400, '密码不符合规则：{rule}', 'The password breaks a rule: {rule}'],
  'session.must-change': [
    403,
    '请先修改初始密码，再做其他操作',
    'Change the first password before anything else',
  ],
  'right.missing': [403, '您没有“{right}”的权限', 'You have no right to {right}'],
  'account.taken': [409, '账号 {name} 已存在', 'The account {name} already exists'],
  'account.unknown': [404, '没有账号 {name}', 'There is no account {name}'],
  'district.taken': [409, '行政区 {code} 已存在', 'The district {code} is there already'],
  'district.unknown': [404, '没有行政区 {code}', 'There is no district {code}'],
  'district.needed': [400, '请说明是哪个行政区（现有：{codes}）', 'Say which district (there are: {codes})'],
  'district.none': [409, '还没有任何行政区，请先载入网格', 'There is no district yet; load grids first'],
  'grid.unknown': [404, '没有网格 {code}', 'There is no grid {code}'],
  'component.unknown': [404, '没有部件 {id}', 'There is no component {id}'],
  'delivery.unknown': [404, '没有交付批次 {id}', 'There is no delivery {id}'],
  'delivery.state': [
    409,
    '批次状态为“{state}”，不能{action}',
    'The delivery is {state}; it cannot be {action}',
  ],
  'delivery.grids-changed': [
    409,
    '载入之后网格已变更，请重新载入该批次',
    'The grids changed since the delivery was loaded; load it again',
  ],
  'delivery.overtaken': [
    409,
    '载入之后有 {n} 个部件已由其他批次更新，请重新载入该批次',
    '{n} of its components were published by another delivery since it was loaded; load it again',
  ],
  'delivery.decisions': [
    409,
    '对缺失部件的决定刚刚有变化，请核对后重新审核',
    'The decisions on what is missing changed just now; look at them and approve again',
  ],
  'delivery.own': [
    403,
    '本人上传的批次须由第二人审核',
    'A delivery is approved by a second person, not by who sent it',
  ],
  'delivery.files': [
    413,
    '一个批次至多 {limit} 个文件；请打包成 .zip 上传，或分成几个批次',
    'A delivery takes {limit} files at most; send them in a .zip, or as several deliveries',
  ],
  'delivery.open': [
    429,
    '您已有 {n} 个批次尚未载入，已达上限；请先载入或取消其中的一些',
    'You have {n} deliveries that are not loaded yet, which is the most; load or cancel some of them',
  ],
  'delivery.kind': [
    403,
    '{kind}由管理人员载入；普查单位交付部件，单元网格和地址须由任务包要求',
    'Only the office loads {kind}; a contractor delivers components, and unit grids or addresses where a package asks for them',
  ],
  'firm.unknown': [404, '没有普查单位 {name}', 'There is no contractor firm {name}'],
  'firm.taken': [409, '普查单位“{name}”已存在', 'The contractor firm {name} is there already'],
  'crew.unknown': [404, '没有作业组 {name}', 'There is no crew {name}'],
  'crew.taken': [409, '该单位已有作业组“{name}”', 'The firm has a crew {name} already'],
  'crew.holds-codes': [
    409,
    '作业组“{name}”领有码段，不能删除',
    'The crew {name} holds codes and cannot be removed',
  ],
  'firm.account': [
    409,
    '账号 {name} 不是本行政区的普查单位账号，不能归入普查单位',
    'The account {name} is no contractor of this district and cannot be put under a firm',
  ],
  'unit.unknown': [404, '单位目录中没有“{name}”', 'There is no unit {name} in the directory'],
  'package.unknown': [404, '没有任务包 {id}', 'There is no package {id}'],
  'package.firm': [409, '任务包“{name}”不是该普查单位的', 'The package {name} is not asked of this firm'],
  'package.accepted': [
    409,
    '任务包“{name}”已验收，不再接收交付',
    'The package {name} is accepted; nothing more is delivered to it',
  ],
  'package.kind': [409, '任务包“{name}”没有要求交付{kind}', 'The package {name} does not ask for {kind}'],
  'package.undelivered': [
    409,
    '任务包“{name}”还没有发布的批次，不能验收',
    'The package {name} has no published delivery yet and cannot be accepted',
  ],
  'package.delivered': [
    409,
    '任务包“{name}”已有交付，不能撤回',
    'Something was delivered to the package {name}; it cannot be taken back',
  ],
  'package.class': [400, '类别 {value} 不在字典中', 'The class {value} is not in the dictionary'],
  'package.area': [400, '没有网格 {value}', 'There is no grid {value}'],
  'codes.profile': [
    409,
    '本区的编码方案（{profile}）没有顺序号，不能赋码',
    'Codes of this district ({profile}) have no serial, so none can be allotted',
  ],
  'codes.class': [
    400,
    '类别 {class} 不能编入 {rule} 的标识码',
    'The class {class} does not fit into a code of {rule}',
  ],
  'codes.exhausted': [
    409,
    '类别 {class} 的顺序号至多到 {limit}，余 {free} 个连续可用，不足 {wanted} 个',
    'Serials of class {class} end at {limit}; {free} are left in a row, {wanted} were asked for',
  ],
  'codes.allotted': [
    409,
    '{from} 至 {to} 与已分给“{crew}”的码段重叠',
    'The codes {from} to {to} meet those of the crew {crew}',
  ],
  'codes.in-use': [
    409,
    '{from} 至 {to} 中的 {code} 已在登记册中使用',
    'Of the codes {from} to {to} the registry holds {code} already',
  ],
  'codes.used': [
    409,
    '{code} 起没有可退回的码：其后的码已在使用或已退回',
    'Nothing from {code} on can be given back: codes after it are in use, or were given back',
  ],
  'codes.unknown': [404, '没有码段 {id}', 'There is no allotment {id}'],
  'acceptance.required': [
    409,
    '批次 #{no} 尚未通过监理验收；请先在“验收”中完成检查并签署，再审核',
    'Delivery #{no} is not accepted yet; have a supervisor inspect and accept it, then approve it',
  ],
  'inspection.unknown': [404, '没有检查 {id}', 'There is no inspection {id}'],
  'inspection.none': [404, '批次 {delivery} 还没有检查方案', 'No plan was drawn for delivery {delivery} yet'],
  'inspection.drawn': [
    409,
    '批次 #{no} 这次载入的检查方案已经抽取，每次载入只抽一次',
    'The plan for what delivery #{no} holds now is drawn already; one is drawn for each load',
  ],
  'inspection.open': [
    409,
    '批次 #{no} 正在监理验收，不能重新载入；请待监理签署、退回或放行',
    'Delivery #{no} is being inspected and cannot be loaded again until the supervisor accepts it, sends it back or releases it',
  ],
  'inspection.sealed': [
    403,
    '检查方案在监理作出结论之前不向提交单位公开',
    'Who sent the delivery sees the plan once the supervisor has given his word',
  ],
  'inspection.void': [
    409,
    '该批次已重新载入或退回，这次检查作废；请重新抽取',
    'The delivery was loaded again or sent back, so this inspection is void; draw a new plan',
  ],
  'inspection.decided': [
    409,
    '检查已结束（{state}），不能再改',
    'The inspection is {state}; nothing in it changes any more',
  ],
  'inspection.item': [
    404,
    '检查中没有可作此操作的第 {no} 项',
    'The inspection has no item {no} for which this can be done',
  ],
  'inspection.field': [400, '第 {no} 项没有字段“{field}”', 'Item {no} has no field {field}'],
  'inspection.class': [400, '第 {no} 项：类别字典中没有 {class}', 'Item {no}: there is no class {class}'],
  'inspection.position': [
    400,
    '第 {no} 项的坐标 {position} 不在附近；请核对坐标系，以及东坐标与北坐标是否颠倒',
    'The position {position} of item {no} is nowhere near; check the reference system, and whether easting and northing are swapped',
  ],
  'inspection.twice': [409, '已在检查中，为第 {no} 项', 'It is in the inspection already, as item {no}'],
  'inspection.code': [
    404,
    '本批没有标识码为“{code}”的部件，也没有代码为“{code}”的片区',
    'This delivery brings no component with code {code}, and no area has it',
  ],
  'inspection.reserve': [409, '没有备样可替换第 {no} 项', 'No reserve is left to replace item {no}'],
  'inspection.own': [
    403,
    '本人上传的批次须由他人验收',
    'A delivery is accepted by somebody else, not by who sent it',
  ],
  'inspection.incomplete': [
    409,
    '还有 {n} 项没有完成，不能验收',
    '{n} items are not answered yet; it cannot be accepted',
  ],
  'inspection.published': [
    409,
    '批次 {no} 已经发布，不能退回；确有问题的，请恢复登记册此前的版本，或让提交方改正后再次交付',
    'Delivery {no} is published and cannot be sent back; bring an earlier version of the registry back, or have it mended and delivered again',
  ],
  'inspection.fails': [
    409,
    '检查结论为“{conclusion}”，不能验收；请补查，或说明原因退回',
    'The conclusion is {conclusion}; it cannot be accepted. Look at more of it, or send it back with the reasons',
  ],
  'photos.folder': [
    400,
    '“{folder}”不在可取用照片的目录之内，或不是文件夹',
    '{folder} is no folder below those that photos may be taken from',
  ],
  'photo.unusable': [400, '照片不能用：{reason}', 'The photo cannot be used: {reason}'],
  'photo.unknown': [404, '没有这张照片', 'There is no such photo'],
  'upload.unknown': [404, '没有这个上传，或它已过期', 'There is no such upload, or it has expired'],
  'upload.offset': [
    409,
    '续传位置不对，请先查询已收到的字节数',
    'The upload goes on at another offset; ask how many bytes are there',
  ],
  'upload.version': [
    412,
    '续传协议版本应为 tus {version}',
    'Uploads speak tus {version}; send Tus-Resumable',
  ],
  'upload.busy': [
    423,
    '同一上传正在进行中，请稍候',
    'The upload is busy with another request; wait a moment',
  ],
  'upload.too-many': [
    429,
    '未完成的上传过多（{what}）；请先续传或取消已有的',
    'Too much is being uploaded already ({what}); finish or cancel some of it',
  ],
  'component.merged': [
    410,
    '该部件已并入 {other}（变更申请 #{no}，{on}）',
    'The component was merged into {other} (change request #{no}, {on})',
  ],
  'component.scrapped': [
    410,
    '该部件已作废（变更申请 #{no}，{on}）',
    'The component was scrapped (change request #{no}, {on})',
  ],
  'plate.unknown': [404, '这块牌已停用或不存在', 'This plate is no longer in use, or never was'],
  'report.no-csv': [
    404,
    '批次 #{no} 中没有 CSV 文件；请下载标注工作簿',
    'There is no CSV in delivery #{no}; take the marked workbook',
  ],
  'report.which-csv': [
    409,
    '批次中有几个 CSV 文件，请指明是哪一个：{files}',
    'There are several CSVs in the delivery; say which: {files}',
  ],
  'report.unknown': [404, '没有问题上报 {id}', 'There is no report {id}'],
  'report.closed': [409, '问题上报 #{no} 已办结', 'Report #{no} is closed already'],
  'report.wait': [
    429,
    '上报过于频繁，请在 {seconds} 秒后再试',
    'Too many reports; try again in {seconds} seconds',
  ],
  'report.enough': [
    429,
    '这件部件的问题已有多人上报，正在处理',
    'Several people have reported this already; it is being seen to',
  ],
  'handover.unknown': [404, '没有新建移交 {id}', 'There are no new works {id}'],
  'handover.state': [
    409,
    '新建移交 #{no} 状态为“{state}”，不能这样做',
    'The new works #{no} are {state}; that cannot be done',
  ],
  'handover.own': [
    403,
    '新建移交 #{no} 由本人登记或关联批次，须由第二人验收',
    'The new works #{no} are accepted by a second person, not by who announced them or linked their delivery',
  ],
  'handover.others': [
    403,
    '新建移交 #{no} 只能由登记人或审核人撤回，验收之后只能由审核人撤回',
    'The new works #{no} are withdrawn by who announced them or by who reviews; by who reviews once they are accepted',
  ],
  'handover.running': [
    409,
    '新建移交 #{no} 正在移交，请稍候',
    'The new works #{no} are being handed over; wait a moment',
  ],
  'handover.older': [
    409,
    '批次 #{delivery} 在登记新建移交之前就已建立，含 {n} 件部件，确认后将全部移交：关联时请写明件数',
    'The delivery #{delivery} is older than the new works and brings {n} components, which would all be handed over: link it with that number to confirm',
  ],
  'handover.faulty': [
    409,
    '新建移交 #{no} 有 {n} 件部件不能变更单位',
    'The units of {n} components of the new works #{no} cannot be changed',
  ],
  'handover.delivery': [
    409,
    '不能关联：不是本区的部件批次，或已关联到其他新建移交',
    'It cannot be linked: it is no delivery of components of this district, or belongs to other new works',
  ],
  'handover.undelivered': [
    409,
    '新建移交 #{no} 的部件批次尚未发布，不能验收',
    'The delivery of the new works #{no} is not published yet; they cannot be accepted',
  ],
  'change.unknown': [404, '没有变更申请 {id}', 'There is no change request {id}'],
  'change.state': [
    409,
    '变更申请 #{no} 状态为“{state}”，不能{action}',
    'Change request #{no} is {state}; it cannot be {action}',
  ],
  'change.own': [
    403,
    '变更申请 #{no} 由本人提出，须由第二人审核',
    'Change request #{no} is decided by a second person, not by who made it',
  ],
  'change.others': [
    403,
    '变更申请 #{no} 只能由提出人撤回',
    'Change request #{no} is taken back by who made it',
  ],
  'change.overtaken': [
    409,
    '部件在申请之后已有变化（#{nos}），请核对后重新提出',
    'The component changed after the request was made (#{nos}); look at it again',
  ],
  'change.nothing': [400, '申请与现状没有差别', 'The request would change nothing'],
  'change.faulty': [400, '变更有误：{what}', 'The change is not right: {what}'],
  'change.merge': [
    400,
    '不能与自身或已不存在的部件合并',
    'A component is not merged with itself, nor with one that is not there',
  ],
  'registry.version': [
    404,
    '登记册没有可恢复的版本 {version}（当前为 {head}）',
    'The registry has no version {version} to go back to (it is at {head})',
  ],
  'registry.emptied': [
    409,
    '第 {version} 版没有任何部件：恢复到它，现有 {n} 个部件将全部作废；确要如此，须明确说明（接口 emptying，命令行 --empty）',
    'Version {version} holds no component: going back to it ends all {n} that are there. If that is meant, say so (emptying in the API, --empty on the command line)',
  ],
  'crs.fit': [
    400,
    '坐标系“{name}”不能由这些控制点拟合：{reason}',
    'The system {name} cannot be fitted to these control points: {reason}',
  ],
  'crs.unknown': [404, '没有名为“{name}”的地方坐标系', 'There is no local coordinate system {name}'],
  'profile.taken': [
    409,
    '名为“{name}”的映射方案由他人保存，不能改动；请另取名称',
    'The mapping profile {name} was saved by others and cannot be changed; choose another name',
  ],
  'rules.invalid': [400, '检查规则有误：{what}', 'The check rules are not valid: {what}'],
  'rules.changed': [
    409,
    '检查规则已被他人改为第 {no} 版，请重新打开后再改',
    'The check rules were changed to version {no} meanwhile; open them again and change that',
  ],
  'rules.class': [
    400,
    '检查规则中的类别 {code} 不在类别字典中',
    'The class {code} of the rules is not in the class dictionary',
  ],
  'rules.geometry': [
    400,
    '类别 {code} 的几何类型只能在字典的范围内收窄（{allowed}）',
    'The geometry of class {code} can only be narrowed within the dictionary’s ({allowed})',
  ],
  'profile.unknown': [404, '没有名为“{name}”的映射方案', 'There is no mapping profile {name}'],
  'profile.invalid': [400, '映射方案有误：{what}', 'The mapping profile is not valid: {what}'],
  'profile.kind': [
    400,
    '映射方案用于{given}，不能用于{expected}',
    'The mapping profile is for {given}, not for {expected}',
  ],
  'profile.nowhere': [
    404,
    '没有名为 {name} 的文件，也没有已保存的映射方案 {name}（已保存：{known}）',
    'There is no file {name} and no saved mapping profile of that name (saved: {known})',
  ],
  'demo.not-loaded': [500, '试点区的{kind}没有载入：{what}', 'The {kind} of the pilot did not load: {what}'],
  'file.missing': [404, '找不到文件 {file}', 'There is no file {file}'],
  'data-dir.unusable': [
    500,
    '数据目录 {dir} 无法使用（{reason}）；请检查路径与权限，或用 DATA_DIR 指定另一目录',
    'The data directory {dir} cannot be used ({reason}); check the path and its permissions, or name another with DATA_DIR',
  ],
  'folder.taken': [
    409,
    '{dir} 中已有其他内容（{entry}）；请另选空文件夹',
    '{dir} holds something else already ({entry}); name an empty folder',
  ],
  'data-dir.taken': [
    409,
    '数据目录 {dir} 正被进程 {pid} 使用；请停止该进程，或通过它操作',
    'The data directory {dir} is in use by process {pid}; stop it, or work through it',
  ],
  'server.gone': [
    503,
    '服务已停止，命令没有完成；请重新执行',
    'The server stopped before the command was done; run it again',
  ],
  'port.taken': [
    409,
    '地址 {address} 已被占用；请用 PORT 指定其他端口',
    'The address {address} is in use; name another port with PORT',
  ],
  'port.forbidden': [
    403,
    '没有权限使用端口 {port}；请用 PORT 指定 1024 以上的端口，或在前面设代理，或授权本程序（cap_net_bind_service）',
    'This user may not use port {port}; name one from 1024 up with PORT, put a proxy before it, or grant cap_net_bind_service',
  ],
  'host.unusable': [
    500,
    '{host} 不是本机的地址；请用 HOST 指定本机地址（127.0.0.1 只限本机访问，0.0.0.0 为全部网卡）',
    '{host} is no address of this machine; name one with HOST (127.0.0.1 for this machine alone, 0.0.0.0 for all its networks)',
  ],
  'config.invalid': [500, '配置有误：{what}', 'The configuration is not valid: {what}'],
  'database.unreachable': [
    503,
    '连接不上数据库服务 {address}（{what}）；请检查 DATABASE_URL 中的主机与端口，以及 PostgreSQL 是否已启动',
    'No database server answers at {address} ({what}); check host and port in DATABASE_URL, and that PostgreSQL runs',
  ],
  'database.missing': [
    500,
    '没有这个数据库（{what}）；请先建库（createdb），或改正 DATABASE_URL',
    'The database is not there ({what}); make it with createdb, or correct DATABASE_URL',
  ],
  'database.refused': [
    500,
    '数据库拒绝登录（{what}）；请检查 DATABASE_URL 中的用户名与密码',
    'The database server refuses the sign-in ({what}); check user and password in DATABASE_URL',
  ],
  'database.no-postgis': [
    500,
    '数据库服务器没有安装 PostGIS（{what}）；请安装 3.3 以上版本（Debian：postgresql-postgis）',
    'The database server has no PostGIS ({what}); install version 3.3 or newer (on Debian: postgresql-postgis)',
  ],
  'database.postgis-forbidden': [
    500,
    '当前用户不能启用 PostGIS（{what}）；请由数据库管理员在该库中执行 CREATE EXTENSION postgis',
    'This user may not switch PostGIS on ({what}); let an administrator run CREATE EXTENSION postgis in this database',
  ],
  'database.gone': [503, '数据库连接中断：{what}', 'The database is gone: {what}'],
  'disk.full': [507, '磁盘已满：{what}', 'The disk is full: {what}'],
  internal: [500, '内部错误，编号 {id}', 'Internal error, number {id}'],
} as const satisfies Record<string, Entry>

export type ProblemCode = keyof typeof problems

const kinds = {
  grids: '网格',
  'unit-grids': '单元网格',
  components: '部件',
  addresses: '地址',
  places: '地名',
  units: '单位目录',
  classes: '类别字典',
}

/** Chinese for words a detail carries in English: they travel as they are and are told in the caller's language. */
export const words: Partial<Record<ProblemCode, Record<string, Record<string, string>>>> = {
  'crs.fit': {
    reason: {
      base: '基准须为投影坐标系（如 EPSG:4549）',
      points: '至少需要两个相距较远、坐标有效的点',
    },
  },
  'delivery.state': {
    state: {
      received: '待载入',
      loading: '载入中',
      checked: '待审核',
      published: '已发布',
      failed: '未成功',
      cancelled: '已取消',
      rejected: '已退回',
    },
    action: {
      'decided on': '决定缺失部件',
      'given files': '上传文件',
      loaded: '载入',
      approved: '审核通过',
      published: '发布',
      rejected: '退回',
      'cancelled here': '在此取消',
      inspected: '验收',
    },
  },
  'photo.unusable': {
    reason: {
      'no picture': '不是 JPEG、PNG 或 WebP 图片；其他格式（如 HEIC）请先转为 JPEG',
      broken: '图片不完整或已损坏',
      'too many pixels': '像素过大',
    },
  },
  'inspection.decided': { state: { accepted: '已验收', returned: '已退回', released: '已放行' } },
  'inspection.fails': { conclusion: { fail: '不合格', 'not-sampled': '未抽检' } },
  'change.state': {
    state: {
      proposed: '待审核',
      approved: '已通过',
      refused: '未通过',
      withdrawn: '已撤回',
      overtaken: '须重新核对',
    },
    action: { approved: '审核通过', refused: '退回', withdrawn: '撤回', renewed: '重新提出' },
  },
  'handover.state': {
    state: {
      announced: '待验收',
      accepted: '已验收',
      stuck: '移交受阻',
      transferred: '已移交',
      reversed: '移交已被恢复操作撤销',
      withdrawn: '已撤回',
    },
  },
  'profile.kind': { given: kinds, expected: kinds },
  'delivery.kind': { kind: kinds },
  'package.kind': { kind: kinds },
  'demo.not-loaded': { kind: kinds },
}

/** A refusal with a registered code; `detail` fills the message and travels with the answer. */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly detail: Record<string, unknown>
  readonly status: number

  constructor(code: ProblemCode, detail: Record<string, unknown> = {}) {
    super(fill(problems[code][2], detail))
    this.name = 'Problem'
    this.code = code
    this.detail = detail
    this.status = problems[code][0]
  }

  /** The message in the language asked for. */
  inLanguage(lang: 'zh' | 'en'): string {
    if (lang === 'en') return this.message
    const told = Object.entries(this.detail).map(([key, value]) => [
      key,
      words[this.code]?.[key]?.[String(value)] ?? value,
    ])
    return fill(problems[this.code][1], Object.fromEntries(told))
  }
}

export const problem = (code: ProblemCode, detail?: Record<string, unknown>): Problem =>
  new Problem(code, detail)

/** Replaces {name} by the detail's value of that name. */
export function fill(template: string, detail: Record<string, unknown>): string {
  return template.replace(/\{(\w+)\}/g, (_, key: string) => String(detail[key] ?? '?'))
}
