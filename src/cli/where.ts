/** `wangge where`: whose ground a position is. */
import type { Command } from 'commander'
import { withHouse } from './house.ts'
import { degrees, district, json, say } from './options.ts'
import { word } from './words.ts'

interface Answer {
  areas: { level: number; code: string; name: string }[]
  verdict: 'inside' | 'gap' | 'overlap' | 'outside'
}

const verdicts = { inside: '在片区内', gap: '在空白处', overlap: '在重叠处', outside: '在辖区外' }

export function addWhere(program: Command): void {
  program
    .command('where')
    .description(
      word(
        '某点所在的片区、社区（村）、街道（镇），或空白、重叠、辖区外',
        'area, village and town of a position, or gap, overlap, outside',
      ),
    )
    .argument('<lon>', word('经度（度）', 'longitude in degrees'), degrees)
    .argument('<lat>', word('纬度（度）', 'latitude in degrees'), degrees)
    .addOption(district())
    .addOption(json())
    .addHelpText(
      'after',
      word(
        '\n负的经度写在 -- 之后，例如 wangge where -- -71.1 42.37',
        '\nA negative longitude goes behind --, e.g. wangge where -- -71.1 42.37',
      ),
    )
    .action(async (lon: number, lat: number, options) => {
      await withHouse(async client => {
        const query = new URLSearchParams({
          lon: String(lon),
          lat: String(lat),
          ...(options.district ? { district: options.district } : {}),
        })
        const answer = await client.get<Answer>(`/api/where?${query}`)
        if (options.json) return say(JSON.stringify(answer))
        say(word(verdicts[answer.verdict], answer.verdict))
        for (const area of answer.areas) say(`  ${area.level}  ${area.code}  ${area.name}`)
      })
    })
}
