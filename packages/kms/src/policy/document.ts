import { z } from 'zod'
import { MAX_CONDITIONS, MAX_STATEMENTS, MAX_VALUE_LENGTH, MAX_VALUES } from './limits.ts'

const text = z.string().min(1).max(MAX_VALUE_LENGTH)
/** Conditions may write booleans and numbers bare. */
const conditionValue = z.union([z.string().max(MAX_VALUE_LENGTH), z.boolean(), z.number()]).transform(String)

const listOf = <T extends z.ZodType>(item: T, most: number) =>
  z.preprocess(
    (value) => (value === undefined || Array.isArray(value) ? value : [value]),
    z.array(item).min(1).max(most),
  )

const atMost = (most: number) => ({
  check: (value: object) => Object.keys(value).length <= most,
  message: `expected at most ${most} entries`,
})

const few = atMost(MAX_CONDITIONS)

/** One text or a list of them. */
export const texts = listOf(text, MAX_VALUES)

/** Operator to key to values. */
export const conditions = z
  .record(z.string(), z.record(z.string(), listOf(conditionValue, MAX_VALUES)).refine(few.check, few.message))
  .refine(few.check, few.message)

/** One statement or a list of them. */
export const statementsOf = <T extends z.ZodType>(statement: T) => listOf(statement, MAX_STATEMENTS)

/** Principals listed by kind; `*` alone stands for anyone. */
export const principalsOf = <K extends string>(kinds: readonly [K, ...K[]]) =>
  z.preprocess((value) => (value === '*' ? { [kinds[0]]: ['*'] } : value), z.partialRecord(z.enum(kinds), texts))
