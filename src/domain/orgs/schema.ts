/** What the room speaks of at its doors: accounts, sessions, districts, units. Pure. */
import { z } from 'zod'

/** 行政区划代码: GB/T 2260, six digits. */
export const DistrictCode = z.string().regex(/^[0-9]{6}$/)

/** 角色; what each may do is in rules.ts. */
export const roleNames = ['administrator', 'contractor', 'supervisor', 'dispatcher', 'leader'] as const

/** 账号名: letters of any script, digits and . _ - ; capitals and full-width forms do not count. */
export const AccountName = z
  .string()
  .max(64)
  .transform(text => text.normalize('NFKC').toLowerCase())
  .pipe(z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N}._-]{1,63}$/u))

const Password = z.string().min(1).max(200).meta({ format: 'password' })

export const SignIn = z.strictObject({ name: AccountName, password: Password })
export const PasswordChange = z.strictObject({ old: Password, new: Password })

/** 账号: who may sign in. 人员 (person) is somebody; either may be without the other. */
export const Account = z
  .object({
    name: z.string(),
    personName: z.string().nullable(),
    roles: z.array(z.enum(roleNames)),
    mustChangePassword: z.boolean().describe('Until it is changed the account has no rights'),
  })
  .meta({ id: 'Account' })
export type Account = z.output<typeof Account>

/** `nobody=ok`: that nobody is signed in is no error, as on a first visit. */
export const SessionQuery = z.strictObject({ nobody: z.enum(['ok']).optional() })
export const SessionAnswer = z.object({ account: Account, rights: z.array(z.string()) })

export const NewAccount = z.strictObject({
  name: AccountName,
  role: z.enum(roleNames),
  districts: z.array(DistrictCode).min(1).max(100).optional().describe('Absent: all that the caller has'),
  person: z
    .strictObject({
      district: DistrictCode,
      name: z.string().trim().min(1).max(80),
      phone: z.string().trim().max(40).nullable().default(null),
    })
    .optional(),
  password: Password.optional().describe('Absent: one is made and shown once'),
})

export const AccountEntry = z
  .object({
    name: z.string(),
    personName: z.string().nullable(),
    roles: z.array(z.enum(roleNames)),
    districts: z.union([z.literal('*'), z.array(z.string())]),
    mustChangePassword: z.boolean(),
    lockedUntil: z.iso.datetime().nullable(),
    disabledAt: z.iso.datetime().nullable(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'AccountEntry' })

export const NewDistrict = z.strictObject({
  code: DistrictCode,
  name: z.string().trim().min(1).max(80),
  demo: z.boolean().default(false),
  approval: z.enum(['none', 'second-person']).default('none'),
  acceptance: z.enum(['none', 'required']).default('none'),
  gridCodeProfile: z.string().max(40).optional(),
  componentCodeProfile: z.string().max(40).optional(),
  ifMissing: z.boolean().default(false).describe('Change nothing, and be content, when it is there already'),
})

/** 行政区, with its 密级 (classification). */
export const DistrictEntry = z
  .object({
    code: z.string(),
    name: z.string(),
    demo: z.boolean(),
    classification: z.string(),
    approval: z.enum(['none', 'second-person']),
    secondPersonUntil: z.iso
      .datetime()
      .nullable()
      .describe('What came before it is held to a second person, whatever holds now'),
    acceptance: z
      .enum(['none', 'required'])
      .describe('Whether an approval waits for a supervisor’s acceptance'),
    bbox: z.array(z.number()).length(4).nullable().describe('west, south, east, north'),
  })
  .meta({ id: 'District' })
