import type { Relation } from '../catalogue/catalogue.ts'
import type { Refusal } from '../refusal/refusals.ts'
import { child, children, everyNode, kindOf, number, optional, strings, type Tree, text } from '../sql/ast.ts'
import type { Context } from './context.ts'
import { namedRange, relationOf } from './from.ts'
import { type Flow, innerScope, type Scope } from './scope.ts'

/** Statements that change no meaning when columns are encrypted: definitions and administration. */
const HARMLESS = [
  'AlterObjectSchemaStmt',
  'AlterOwnerStmt',
  'CallStmt',
  'CheckPointStmt',
  'ClosePortalStmt',
  'ClusterStmt',
  'CommentStmt',
  'CreateFunctionStmt',
  'CreatePolicyStmt',
  'CreateStmt',
  'CreateTrigStmt',
  'DeallocateStmt',
  'DiscardStmt',
  'DoStmt',
  'DropStmt',
  'FetchStmt',
  'GrantStmt',
  'ListenStmt',
  'LockStmt',
  'NotifyStmt',
  'ReindexStmt',
  'RenameStmt',
  'SecLabelStmt',
  'TransactionStmt',
  'TruncateStmt',
  'UnlistenStmt',
  'VacuumStmt',
  'VariableSetStmt',
  'VariableShowStmt',
]

/** Everything that is not SELECT, INSERT, UPDATE or DELETE. Null: only the server knows the result's columns. */
export function otherStatement(context: Context, node: Tree, parent: Scope | null): readonly Flow[] | null {
  const { kind, body } = kindOf(node)
  switch (kind) {
    case 'ExplainStmt':
    case 'DeclareCursorStmt':
      context.statement(child(body, 'query'), parent)
      return null
    case 'ViewStmt':
      return view(context, body)
    case 'CreateTableAsStmt':
      return createFrom(context, body)
    case 'CopyStmt':
      return copy(context, body)
    case 'IndexStmt':
      return createIndex(context, body)
    case 'AlterTableStmt':
      return alterTable(context, body)
    case 'PrepareStmt':
      return refuseTouched(context, node, 'Prepare', 'PREPARE')
    case 'MergeStmt':
      return refuseTouched(context, node, 'Merge', 'MERGE')
    default:
      return HARMLESS.includes(kind) ? null : refuseTouched(context, node, 'Statement', kind.replace(/Stmt$/, ''))
  }
}

/** Refuses the statement when it names a table with encrypted columns anywhere. */
function refuseTouched(context: Context, node: Tree, refusal: Refusal, construct: string): null {
  for (const { kind, body } of everyNode(node)) {
    if (kind !== 'RangeVar' && kind !== 'relation') continue
    const range = namedRange(context, body, null)
    context.refuseCell(range.flows?.flatMap(({ cells }) => cells) ?? [], refusal, construct, number(body, 'location'))
  }
  return null
}

function view(context: Context, body: Tree): null {
  const flows = context.select(child(body, 'query'), innerScope(null), 'cell') ?? []
  if (context.source.edited)
    context.refuseCell(
      flows.flatMap(({ cells }) => cells),
      'View',
      'CREATE VIEW',
    )
  if (context.source.edited) context.refuse('View', text(child(body, 'view'), 'relname'), 'CREATE VIEW')
  return null
}

function createFrom(context: Context, body: Tree): null {
  const flows = context.statement(child(body, 'query'), null)
  context.refuseCell(flows?.flatMap(({ cells }) => cells) ?? [], 'CreateFrom', 'CREATE TABLE AS')
  return null
}

function copy(context: Context, body: Tree): null {
  const query = optional(body, 'query')
  if (query !== undefined) return refuseTouched(context, query, 'Copy', 'COPY')
  return refuseTouched(context, { RangeVar: child(body, 'relation') }, 'Copy', 'COPY')
}

function createIndex(context: Context, body: Tree): null {
  const relation = relationNamed(context, child(body, 'relation'))
  const names = [...everyNode([body.indexParams, body.indexIncludingParams, body.whereClause])].flatMap((node) =>
    namesIn(node),
  )
  for (const { name, encrypted } of relation?.columns ?? [])
    if (encrypted !== null && names.includes(name)) context.refuse('CreateIndex', encrypted, 'CREATE INDEX')
  return null
}

const namesIn = ({ kind, body }: { kind: string; body: Tree }): string[] =>
  kind === 'IndexElem' ? [text(body, 'name')] : kind === 'ColumnRef' ? strings(children(body, 'fields')) : []

/** Subcommands that leave a column's cells as they are. */
const KEEPS = [
  'AT_DropColumn',
  'AT_SetNotNull',
  'AT_DropNotNull',
  'AT_DropConstraint',
  'AT_ValidateConstraint',
  'AT_SetStatistics',
  'AT_SetStorage',
  'AT_SetCompression',
  'AT_ColumnDefault',
]

function alterTable(context: Context, body: Tree): null {
  const relation = relationNamed(context, child(body, 'relation'))
  for (const node of children(body, 'cmds')) {
    const command = child(node, 'AlterTableCmd')
    const names = [text(command, 'name'), ...constraintNames(child(child(command, 'def'), 'Constraint'))]
    const kept =
      KEEPS.includes(text(command, 'subtype')) &&
      !(text(command, 'subtype') === 'AT_ColumnDefault' && command.def !== undefined)
    for (const { name, encrypted } of relation?.columns ?? [])
      if (encrypted !== null && names.includes(name) && !kept) context.refuse('AlterColumn', encrypted, 'ALTER TABLE')
  }
  return null
}

const constraintNames = (constraint: Tree): string[] => [
  ...strings(children(constraint, 'keys')),
  ...strings(children(constraint, 'fk_attrs')),
  ...[...everyNode(constraint.raw_expr)].flatMap(namesIn),
]

function relationNamed(context: Context, body: Tree): Relation | null {
  const found = context.catalogue.named(text(body, 'schemaname'), text(body, 'relname'))
  return found.some(({ pending }) => pending !== null)
    ? (found[0] ?? null)
    : relationOf(context, text(body, 'schemaname'), text(body, 'relname'), number(body, 'location'))
}
