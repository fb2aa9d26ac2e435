/**
 * A survey form as Excel saves one, part by part, with what contractors put into theirs: a title over the whole width, a
 * line of particulars, pick lists, colours by condition, a filter, a hidden column, rich text, dates, formulas (one of which
 * opens an address), names, and instructions on a second sheet.
 *
 *        A       B      C      D        E
 *   1 | 方区部件普查表（merged）                 |
 *   3 | 标识码 | 名称 | 编号 | 初始日期 | 权属单位 |
 *   4-6 rows
 */
const MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

const texts = [
  '<t>方区部件普查表</t>',
  '<t>填报单位：测绘一队</t>',
  '<t>标识码</t>',
  '<t>名称</t>',
  '<t>编号</t>',
  '<t>初始日期</t>',
  '<t>权属单位</t>',
  '<t>3205990118000001</t>',
  '<r><rPr><b/></rPr><t>路</t></r><r><rPr><color rgb="FFFF0000"/></rPr><t>登</t></r>',
  '<t>供电公司</t>',
  '<t>123</t>',
  '<t>路灯</t>',
  '<t>3205990118000003</t>',
  "<t>=cmd|'/c calc'!A0</t>",
  '<t>单位</t>',
]
const s = (cell: string, text: number, style = 1) => `<c r="${cell}" s="${style}" t="s"><v>${text}</v></c>`
const row = (n: number, cells: string) => `<row r="${n}" spans="1:5">${cells}</row>`

const sheet = `${HEAD}<worksheet ${MAIN} xmlns:r="${OFFICE}"><sheetPr><tabColor rgb="FF00B050"/></sheetPr><dimension ref="A1:E6"/><sheetViews><sheetView workbookViewId="0"><pane ySplit="3" topLeftCell="A4" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols><col min="1" max="1" width="20" style="1" customWidth="1"/><col min="3" max="3" width="9" hidden="1" customWidth="1"/><col min="5" max="5" width="24" style="1" customWidth="1"/></cols><sheetData>${[
  `<row r="1" spans="1:5" ht="28" customHeight="1">${s('A1', 0, 2)}<c r="B1" s="2"/><c r="C1" s="2"/><c r="D1" s="2"/><c r="E1" s="2"/></row>`,
  row(2, s('A2', 1)),
  row(3, ['A', 'B', 'C', 'D', 'E'].map((at, n) => s(`${at}3`, n + 2, 2)).join('')),
  row(
    4,
    `${s('A4', 7)}${s('B4', 8)}<c r="C4" t="str"><f>CONCATENATE(B4,"-",ROW())</f><v>路登-4</v></c><c r="D4" s="3"><v>46095</v></c>${s('E4', 9)}`,
  ),
  row(
    5,
    `${s('A5', 10)}${s('B5', 11)}<c r="C5" t="str"><f>HYPERLINK("http://example.invalid/","点我")</f><v>点我</v></c><c r="D5" s="3"><v>46096</v></c>${s('E5', 9)}`,
  ),
  row(6, `${s('A6', 12)}${s('B6', 11)}${s('C6', 13)}<c r="D6" s="3"><v>46097</v></c>`),
].join(
  '',
)}</sheetData><autoFilter ref="A3:E6"/><mergeCells count="1"><mergeCell ref="A1:E1"/></mergeCells><conditionalFormatting sqref="B4:B6"><cfRule type="expression" dxfId="0" priority="1"><formula>LEN($B4)&gt;9</formula></cfRule></conditionalFormatting><dataValidations count="1"><dataValidation type="list" allowBlank="1" showErrorMessage="1" sqref="E4:E100" promptTitle="权属单位" prompt="选 &lt;单位&gt; > 不在表中的另填"><formula1>单位</formula1></dataValidation></dataValidations><pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/></worksheet>`

const styles = `${HEAD}<styleSheet ${MAIN}><fonts count="2"><font><sz val="11"/><name val="宋体"/></font><font><b/><sz val="14"/><name val="宋体"/></font></fonts><fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFCDE7E5"/><bgColor indexed="64"/></patternFill></fill></fills><borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border><border><left style="thin"/><right style="thin"/><top style="thin"/><bottom style="thin"/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyBorder="1"/><xf numFmtId="49" fontId="1" fillId="2" borderId="1" xfId="0" applyFont="1" applyFill="1"><alignment horizontal="center"/></xf><xf numFmtId="14" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1"/></cellXfs><cellStyles count="1"><cellStyle name="常规" xfId="0" builtinId="0"/></cellStyles><dxfs count="1"><dxf><fill><patternFill><bgColor rgb="FFFFC7CE"/></patternFill></fill></dxf></dxfs></styleSheet>`

const relationships = (...all: [id: string, kind: string, target: string][]) =>
  `${HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${all
    .map(([id, kind, target]) => `<Relationship Id="${id}" Type="${OFFICE}/${kind}" Target="${target}"/>`)
    .join('')}</Relationships>`

/** @param comment a cell that the contractor commented on */
export function excelParts({ comment }: { comment?: string } = {}): Record<string, string> {
  const overrides: [part: string, type: string][] = [
    ['xl/workbook.xml', `${TYPE}.sheet.main+xml`],
    ['xl/worksheets/sheet1.xml', `${TYPE}.worksheet+xml`],
    ['xl/worksheets/sheet2.xml', `${TYPE}.worksheet+xml`],
    ['xl/styles.xml', `${TYPE}.styles+xml`],
    ['xl/sharedStrings.xml', `${TYPE}.sharedStrings+xml`],
    ['xl/calcChain.xml', `${TYPE}.calcChain+xml`],
    ...(comment ? [['xl/comments1.xml', `${TYPE}.comments+xml`] as [string, string]] : []),
  ]
  return {
    '[Content_Types].xml': `${HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${comment ? '<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>' : ''}${overrides.map(([part, type]) => `<Override PartName="/${part}" ContentType="${type}"/>`).join('')}</Types>`,
    '_rels/.rels': relationships(['rId1', 'officeDocument', 'xl/workbook.xml']),
    'docProps/core.xml': `${HEAD}<coreProperties/>`,
    'xl/workbook.xml': `${HEAD}<workbook ${MAIN} xmlns:r="${OFFICE}"><sheets><sheet name="部件" sheetId="3" r:id="rId1"/><sheet name="说明" sheetId="4" r:id="rId2"/></sheets><definedNames><definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">部件!$A$3:$E$6</definedName><definedName name="单位">说明!$A$2:$A$3</definedName><definedName name="坏">cmd|'/c calc'!A0</definedName></definedNames><calcPr calcId="191029"/></workbook>`,
    'xl/_rels/workbook.xml.rels': relationships(
      ['rId1', 'worksheet', 'worksheets/sheet1.xml'],
      ['rId2', 'worksheet', 'worksheets/sheet2.xml'],
      ['rId3', 'theme', 'theme/theme1.xml'],
      ['rId4', 'styles', 'styles.xml'],
      ['rId5', 'sharedStrings', 'sharedStrings.xml'],
      ['rId6', 'calcChain', 'calcChain.xml'],
    ),
    'xl/theme/theme1.xml': `${HEAD}<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="Office"/>`,
    'xl/calcChain.xml': `${HEAD}<calcChain ${MAIN}><c r="C4" i="1"/><c r="C5"/></calcChain>`,
    'xl/sharedStrings.xml': `${HEAD}<sst ${MAIN} count="20" uniqueCount="${texts.length}">${texts.map(text => `<si>${text}</si>`).join('')}</sst>`,
    'xl/styles.xml': styles,
    'xl/worksheets/sheet1.xml': comment
      ? sheet.replace('</worksheet>', '<legacyDrawing r:id="rId9"/></worksheet>')
      : sheet,
    'xl/worksheets/sheet2.xml': `${HEAD}<worksheet ${MAIN}><sheetData>${row(1, s('A1', 14))}${row(2, s('A2', 9))}${row(3, s('A3', 1))}</sheetData></worksheet>`,
    ...(comment ? commented(comment) : {}),
  }
}

const commented = (cell: string): Record<string, string> => ({
  'xl/worksheets/_rels/sheet1.xml.rels': relationships(
    ['rId8', 'comments', '../comments1.xml'],
    ['rId9', 'vmlDrawing', '../drawings/vmlDrawing1.vml'],
  ),
  'xl/comments1.xml': `${HEAD}<comments ${MAIN}><authors><author>张工</author></authors><commentList><comment ref="${cell}" authorId="0"><text><r><rPr><b/></rPr><t>量过两次</t></r></text></comment></commentList></comments>`,
  'xl/drawings/vmlDrawing1.vml': `<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel"><v:shape id="_x0000_s1030" type="#_x0000_t202"><x:ClientData ObjectType="Note"><x:Row>4</x:Row><x:Column>1</x:Column></x:ClientData></v:shape></xml>`,
})
