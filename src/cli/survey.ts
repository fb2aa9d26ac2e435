/** `wangge load` and `wangge guess`: deliveries go in. */
import { resolve } from 'node:path'
import { Argument, type Command, Option } from 'commander'
import { type DeliveryKind, deliveryKinds, type Profile } from '../domain/survey/schema.ts'
import { type Client, withHouse } from './house.ts'
import { announceDelivery, loadDelivery, orCancel, sendFiles, wentWell } from './load.ts'
import { district, json, say } from './options.ts'
import { deliveryLines, figures, type ShownFinding } from './report.ts'
import { word } from './words.ts'

const kinds = (): Record<DeliveryKind, string> => ({
  grids: word(
    '网格：行政区边界（0 级）与三级网格',
    'the district polygon (level 0) and the three levels of grids',
  ),
  'unit-grids': word('单元网格', 'unit grids, the fine net below the areas'),
  components: word('部件：点、线、面', 'components: points, lines and polygons'),
  addresses: word('门牌地址', 'addresses'),
  places: word('道路、水系、街区与兴趣点', 'streets, waters, blocks and points of interest'),
  units: word('单位目录（CSV、Excel）', 'the unit directory (CSV, Excel)'),
  classes: word(
    '本区扩展的部件类别（CSV、Excel）',
    'classes that extend the district’s dictionary (CSV, Excel)',
  ),
})

const files = () =>
  word(
    '文件；.shp、.tab、.mif 会带上同名的其他文件',
    'files; .shp, .tab and .mif bring the files beside them',
  )
const profileWords = (otherwise: [zh: string, en: string]) =>
  word(
    `映射方案：文件（YAML 或 JSON），或已保存的名称（wangge profile list）；${otherwise[0]}`,
    `mapping profile: a file (YAML or JSON) or the name of a saved one (wangge profile list); ${otherwise[1]}`,
  )

export function addSurvey(program: Command): void {
  const load = program
    .command('load')
    .description(
      word(
        '载入交付数据：Shapefile（zip 或散文件）、GeoPackage、GeoJSON、GeoJSONSeq、Excel（.xlsx）、CSV；装有 GDAL 时还有 MapInfo、FileGDB、DXF、KML；网格也可用 TopoJSON',
        'load a delivery: shapefile (zip or loose), GeoPackage, GeoJSON, GeoJSONSeq, Excel (.xlsx), CSV; with GDAL MapInfo, FileGDB, DXF, KML; grids also TopoJSON',
      ),
    )
  for (const kind of deliveryKinds) addLoad(load, kind, kinds()[kind])
  addGuess(program)
}

function addLoad(load: Command, kind: DeliveryKind, about: string): void {
  const command = load
    .command(kind)
    .description(word(`载入${about}`, `load ${about}`))
    .argument('<files...>', files())
    .addOption(district())
    .option(
      '--profile <file or name>',
      profileWords(['不给则推测，见 wangge guess', 'guessed where absent, see wangge guess']),
    )
    .option('--name <text>', word('交付名称', 'name of the delivery'))
    .option('--contractor <text>', word('普查单位', 'who surveyed'))
    .addOption(json())
  if (kind === 'grids')
    command
      .option(
        '--district-name <text>',
        word('行政区不存在时以此名建立', 'make the district under this name when it is not there'),
      )
      .option('--demo', word('新建的行政区标为演示数据', 'mark the new district as demo data'))
  if (kind === 'grids' || kind === 'unit-grids')
    command
      .option('--fix', word('修复无效的面，并说明', 'repair invalid polygons, and say so'))
      .option('--partial', word('部分被拒绝时仍收下其余', 'take what is right although some is refused'))
      .option(
        '--replace',
        word('所交级别中未出现的原有网格终止', 'grids of the delivered levels that are not in the files end'),
      )
      .option(
        '--compare',
        word(
          '仅与现有网格比对，说明差别，不改变任何内容',
          'say what differs from the grids that hold, and change nothing',
        ),
      )
  if (kind === 'components') {
    command.addOption(
      new Option(
        '--full <of>',
        word(
          '本批为全量：district（全区）或 classes（所交类别）；缺失的部件列为待作废，由人决定',
          'the delivery is all there is, of the district or of the classes it brings; what is missing is proposed to end, for a person to decide',
        ),
      ).choices(['district', 'classes']),
    )
    command.option(
      '--photos <folder>',
      word(
        '服务器上的照片文件夹，须在 PHOTO_ROOTS 之下',
        'a folder of the server with their photos, below one of PHOTO_ROOTS',
      ),
      folder => resolve(folder),
    )
  }
  command.action(async (given: string[], options) => {
    await withHouse(async client => {
      if (options.districtName && options.district) await ensureDistrict(client, options)
      const { fix, partial, replace, full, compare, photos } = options
      const { delivery, samples } = await loadDelivery(client, {
        ...options,
        kind,
        files: given,
        options: {
          ...(fix ? { fix } : {}),
          ...(partial ? { partial } : {}),
          ...(replace ? { replace } : {}),
          ...(compare ? { compare } : {}),
          ...(full ? { full } : {}),
          ...(photos ? { photos } : {}),
        },
      })
      if (options.json) say(JSON.stringify(delivery))
      else for (const line of deliveryLines(delivery, samples)) say(line)
      if (!wentWell(delivery)) process.exitCode = 2
    })
  })
}

const ensureDistrict = (
  client: Client,
  options: { district: string; districtName: string; demo?: boolean },
): Promise<unknown> =>
  client.post('/api/districts', {
    code: options.district,
    name: options.districtName,
    demo: options.demo ?? false,
    ifMissing: true,
  })

interface Seen extends Record<string, unknown> {
  profile: Profile
  layers: {
    file: string
    rowCount: number | null
    encoding: { name: string; decidedBy: string }
    fields: { name: string }[]
    unused: string[]
  }[]
  findings: ShownFinding[]
  hints: (ShownFinding & { files: string[]; change: Record<string, unknown> | null })[]
}

function addGuess(program: Command): void {
  program
    .command('guess')
    .description(
      word(
        '查看文件，输出可用的映射方案；不载入任何数据',
        'look into files and print the mapping profile one would write; nothing is loaded',
      ),
    )
    .addArgument(new Argument('<kind>', deliveryKinds.join(', ')).choices(deliveryKinds))
    .argument('<files...>', files())
    .addOption(district())
    .option(
      '--profile <file or name>',
      profileWords(['用它查看，不推测', 'looks with it instead of guessing']),
    )
    .addOption(json())
    .action(async (kind: DeliveryKind, given: string[], options) => {
      await withHouse(async client => {
        const sent = await announceDelivery(client, { ...options, kind, files: given, options: {} })
        const seen = await orCancel(client, sent.id, async () => {
          await sendFiles(client, sent.id, given)
          return client.post<Seen>(`/api/deliveries/${sent.id}/guess`)
        }).finally(() => client.post(`/api/deliveries/${sent.id}/cancel`).catch(() => {}))
        if (seen.findings.some(finding => finding.severity === 'error')) process.exitCode = 2
        if (options.json) say(JSON.stringify(seen))
        else for (const line of await seenLines(seen)) say(line)
      })
    })
}

/** A YAML file: what was seen as comments, and the profile. */
async function seenLines({ layers, findings, hints, profile }: Seen): Promise<string[]> {
  const { stringify } = await import('yaml')
  const comments = [
    ...layers.flatMap(({ file, rowCount, encoding, fields, unused }) => {
      const n = rowCount === null ? null : figures(rowCount)
      const rows = n === null ? word('行数未计', 'rows not counted') : word(`${n} 行`, `${n} rows`)
      const columns = fields.map(field => field.name).join(', ')
      return [
        `${file}: ${rows}, ${encoding.name} (${encoding.decidedBy}), ${columns}`,
        ...(unused.length > 0 && unused.length < fields.length
          ? [
              word(
                `    未用作字段的列：${unused.join('、')}`,
                `    columns that become no field: ${unused.join(', ')}`,
              ),
            ]
          : []),
      ]
    }),
    ...findings.flatMap(({ code, file, message, remedy }) => [
      `${code}: ${file}: ${message}`,
      `    ${remedy}`,
    ]),
    ...hints.flatMap(({ code, files, message, remedy }) => [
      `${code}: ${files.join(', ')}: ${message}`,
      `    ${remedy}`,
    ]),
  ]
  const lines = comments.flatMap(text => text.split('\n')).map(line => `# ${line}`)
  return [...lines, stringify(profile).trimEnd()]
}
