import { InvalidValue } from './invalid-value.ts'

/** Text as it is. PostgreSQL has no zero character, and a lone surrogate has no UTF-8. */
export function plainText(input: string): string {
  if (input.includes('\0')) throw new InvalidValue('text', 'text without a zero character')
  if (!wellFormed(input)) throw new InvalidValue('text', 'well-formed Unicode')
  return input
}

/** No surrogate stands alone. */
const wellFormed = (text: string): boolean => !/\p{Surrogate}/u.test(text)
