#!/usr/bin/env node
/**
 * The command line. Every subcommand says what it does with --help, prints for people or with --json for
 * programs, and exits 0 only when all went well.
 */
import { Command } from 'commander'
import { addAcceptance } from './cli/acceptance.ts'
import { addAccounts } from './cli/accounts.ts'
import { addContractors } from './cli/contractors.ts'
import { addDeliveries } from './cli/deliveries.ts'
import { environmentHelp } from './cli/environment.ts'
import { outliveReaders, tellFailure } from './cli/failure.ts'
import { exitCodes, shapeHelp } from './cli/help.ts'
import { addPilot } from './cli/pilot.ts'
import { addProfiles } from './cli/profiles.ts'
import { addRules } from './cli/rules.ts'
import { addServing } from './cli/serving.ts'
import { addDistricts } from './cli/setup.ts'
import { addSurvey } from './cli/survey.ts'
import { addVersions } from './cli/versions.ts'
import { addWhere } from './cli/where.ts'
import { word } from './cli/words.ts'

outliveReaders()

const program = new Command('wangge')
  .description(
    word(
      '网格（Wangge）：这是谁的，凭据何在，立刻知道。',
      'Wangge (网格): whose is this piece of the city, with proof, at once.',
    ),
  )
  .version('0.1.0', '-V, --version', word('显示版本', 'show the version'))
  .showHelpAfterError(word('（加 --help 查看用法）', '(add --help for how it is used)'))
shapeHelp(program)
program.addHelpText('after', () => `\n${environmentHelp()}\n\n${exitCodes()}\n\n${besideServer()}`)

const besideServer = () =>
  word(
    '命令可在服务运行时执行（经由数据目录中的套接字），也可在没有服务时执行。',
    'Commands work beside a running server (through the socket in its data directory) and without one.',
  )

addServing(program)
addPilot(program)
addDistricts(program)
addAccounts(program)
addSurvey(program)
addVersions(program)
addAcceptance(program)
addDeliveries(program)
addContractors(program)
addProfiles(program)
addRules(program)
addWhere(program)

try {
  await program.parseAsync()
} catch (error) {
  tellFailure(error)
  // not by waiting: a database connection that was refused half-way stays open for a minute
  process.exit(1)
}
