/** Subcommands of the intake: load, guess, deliveries, findings, approve, reject. */
import type { Command } from 'commander'
import { withHouse } from './house.ts'
import { loadDelivery, type ShownDelivery, sendDelivery, wentWell } from './load.ts'
import { district, json, say } from './options.ts'
import { deliveryLines, figures, placeInBook, type ShownFinding } from './report.ts'

export function addSurvey(program: Command): void {
  const load = program
    .command('load')
    .description(
      'load a delivery: shapefile (zip or loose), GeoPackage, GeoJSON, GeoJSONSeq, Excel (.xlsx), CSV; grids also TopoJSON',
    )
  const kinds = {
    grids: 'the district polygon (level 0) and the three levels of grids',
    components: 'components: points, lines and polygons',
    addresses: 'addresses',
    places: 'streets, waters, blocks and points of interest',
    units: 'the unit directory (CSV, Excel)',
    classes: 'classes that extend the district’s dictionary (CSV, Excel)',
  } as const
  for (const [kind, about] of Object.entries(kinds)) {
    const command = load
      .command(kind)
      .description(`load ${about}`)
      .argument('<files...>', 'files; a .shp brings the files beside it')
      .addOption(district())
      .option('--profile <file>', 'mapping profile (YAML or JSON); guessed where absent, see: wangge guess')
      .option('--name <text>', 'name of the delivery')
      .option('--contractor <text>', 'who surveyed')
      .addOption(json())
    if (kind === 'grids') {
      command
        .option('--district-name <text>', 'make the district under this name when it is not there')
        .option('--demo', 'mark the new district as demo data')
        .option('--fix', 'repair invalid polygons, and say so')
        .option('--partial', 'take what is right although some is refused')
        .option('--replace', 'grids of the delivered levels that are not in the files end')
    }
    command.action(async (files: string[], options) => {
      await withHouse(async client => {
        if (options.districtName && options.district) {
          await client.post('/api/districts', {
            code: options.district,
            name: options.districtName,
            demo: options.demo ?? false,
            ifMissing: true,
          })
        }
        const { fix, partial, replace } = options
        const { delivery, samples } = await loadDelivery(client, {
          ...options,
          kind: kind as keyof typeof kinds,
          files,
          options: {
            ...(fix ? { fix } : {}),
            ...(partial ? { partial } : {}),
            ...(replace ? { replace } : {}),
          },
        })
        if (options.json) say(JSON.stringify(delivery))
        else for (const line of deliveryLines(delivery, samples)) say(line)
        if (!wentWell(delivery)) process.exitCode = 2
      })
    })
  }

  program
    .command('guess')
    .description('look into files and print the mapping profile one would write; nothing is loaded')
    .argument('<kind>', Object.keys(kinds).join(', '))
    .argument('<files...>', 'files')
    .addOption(district())
    .option('--profile <file>', 'look with this profile instead of guessing')
    .addOption(json())
    .action(async (kind: keyof typeof kinds, files: string[], options) => {
      await withHouse(async client => {
        const sent = await sendDelivery(client, { ...options, kind, files, options: {} })
        const seen = await client.post<
          Record<string, unknown> & {
            profile: unknown
            layers: {
              file: string
              rowCount: number | null
              encoding: { name: string; decidedBy: string }
              crs: unknown
              fields: { name: string }[]
            }[]
            findings: ShownFinding[]
          }
        >(`/api/deliveries/${sent.id}/guess`)
        await client.post(`/api/deliveries/${sent.id}/cancel`)
        if (options.json) return say(JSON.stringify(seen))
        const { stringify } = await import('yaml')
        for (const layer of seen.layers) {
          say(
            `# ${layer.file}: ${layer.rowCount ?? '?'} rows, ${layer.encoding.name} (${layer.encoding.decidedBy}), ${layer.fields.map(field => field.name).join(', ')}`,
          )
        }
        for (const finding of seen.findings) say(`# ${finding.code}: ${finding.message}`)
        say(stringify(seen.profile).trimEnd())
        if (seen.findings.some(finding => finding.severity === 'error')) process.exitCode = 2
      })
    })

  program
    .command('deliveries')
    .description('list deliveries, newest first')
    .addOption(district())
    .addOption(json())
    .action(async options => {
      await withHouse(async client => {
        const { items } = await client.get<{ items: ShownDelivery[] }>(
          `/api/deliveries${options.district ? `?district=${options.district}` : ''}`,
        )
        if (options.json) return say(JSON.stringify(items))
        for (const each of items) {
          say(
            `#${each.no}  ${each.state.padEnd(9)}  ${each.kind.padEnd(10)}  ${figures(each.counts.accepted)} of ${figures(each.counts.read)}  ${each.name}  ${each.id}`,
          )
        }
      })
    })

  program
    .command('findings')
    .description('print every finding of a delivery')
    .argument('<delivery>', 'its id')
    .option('--code <code>', 'only findings of this code')
    .addOption(json())
    .action(async (id: string, options) => {
      await withHouse(async client => {
        const all: ShownFinding[] = []
        for (let after: number | null = 0; after !== null; ) {
          const query: URLSearchParams = new URLSearchParams({
            after: String(after),
            limit: '1000',
            ...(options.code ? { code: options.code } : {}),
          })
          const page: { items: ShownFinding[]; next: number | null } = await client.get(
            `/api/deliveries/${id}/findings?${query}`,
          )
          all.push(...page.items)
          after = page.next
        }
        if (options.json) return say(JSON.stringify(all))
        for (const each of all) {
          say(
            [
              each.severity,
              each.code,
              each.file,
              each.row ?? '',
              each.field ?? '',
              each.value ?? '',
              each.message,
              each.remedy,
              placeInBook(each) ?? '',
            ].join('\t'),
          )
        }
      })
    })

  const decide = (name: 'approve' | 'reject', about: string) => {
    const command = program
      .command(name)
      .description(about)
      .argument('<delivery>', 'its id')
      .addOption(json())
    if (name === 'reject') command.requiredOption('--reason <text>', 'why it goes back')
    command.action(async (id: string, options) => {
      await withHouse(async client => {
        const delivery = await client.post<ShownDelivery>(
          `/api/deliveries/${id}/${name}`,
          options.reason ? { reason: options.reason } : {},
        )
        say(options.json ? JSON.stringify(delivery) : `#${delivery.no} ${delivery.state}`)
      })
    })
  }
  decide('approve', 'make a checked delivery count; not by who sent it')
  decide('reject', 'send a checked delivery back')
}
