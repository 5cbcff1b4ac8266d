/** Bytes of a policy document in UTF-8. */
export const MAX_POLICY_SIZE = 32_768
export const MAX_STATEMENTS = 256
/** Actions, resources or principals of a statement; values of one condition key. */
export const MAX_VALUES = 256
/** Operators of a statement's condition, and keys of one operator. */
export const MAX_CONDITIONS = 64
/** Characters of one action, resource, principal or condition value. */
export const MAX_VALUE_LENGTH = 2_048
/** Objects and arrays inside one another: a whole policy needs six. */
export const MAX_NESTING = 8
