/** A condition that the column has the text in it, whatever wildcards are in the text. */
export const containing = (column: string, text: string): [string, string[]] => [
  `${column} like ? escape '\\'`,
  [`%${text.replace(/[\\%_]/g, '\\$&')}%`],
]
