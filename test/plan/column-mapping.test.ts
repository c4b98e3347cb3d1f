import { describe, expect, it } from 'vitest';
import { type ColumnNames, mapColumns } from '../../src/plan/column-mapping.ts';

function mapped(header: readonly string[], names: ColumnNames = {}) {
  const mapping = mapColumns(header, names);
  if (mapping.kind !== 'mapped') throw new Error(mapping.problem);
  return [mapping.columns.workspace, mapping.columns.user];
}

function problem(header: readonly string[], names: ColumnNames = {}): string {
  const mapping = mapColumns(header, names);
  if (mapping.kind !== 'unclear') throw new Error('the header was taken for clear');
  return mapping.problem;
}

describe('mapColumns', () => {
  it.each([
    [['workspace_id', 'user_id']],
    [['workspace', 'user']],
    [['workspaceId', 'userId']],
    [['Workspace ID', 'User ID']],
    [['WORKSPACE-ID', 'USER-ID']],
    [[' workspace\u00a0id ', '\tuser_id']],
    [['\ufeffWorkspace', '_user_']],
  ])('knows the usual names: %j', (header) => {
    expect(mapped(header)).toEqual([0, 1]);
  });

  it('finds the columns among others, in any order', () => {
    expect(mapped(['name', 'User ID', 'department', 'workspace'])).toEqual([3, 1]);
  });

  it('does not take similar names for the usual ones', () => {
    expect(mapped(['workspace_name', 'user_email', 'workspace', 'user', 'user_ids'])).toEqual([2, 3]);
  });

  it('takes the columns that are named', () => {
    const names = { workspaceColumn: 'team', userColumn: 'person' };
    expect(mapped(['workspace_id', 'user_id', 'person', 'team'], names)).toEqual([3, 2]);
  });

  it('is as lenient with a given name where none stands so to the letter', () => {
    expect(mapped(['My Team', 'user'], { workspaceColumn: 'my_team' })).toEqual([0, 1]);
  });

  it('knows a name again that a report has defused with an apostrophe', () => {
    expect(mapped(["'-user_id", 'workspace'])).toEqual([1, 0]);
    expect(mapped(['workspace', "'=person"], { userColumn: '=person' })).toEqual([0, 1]);
  });

  it('takes a given name to the letter where it stands so', () => {
    expect(mapped(['Workspace', 'workspace', 'user'], { workspaceColumn: 'workspace' })).toEqual([1, 2]);
  });

  it('names both columns that fit one role, and the option that decides', () => {
    expect(problem(['workspace', 'user', 'Workspace ID'])).toBe(
      'Several columns fit the workspace: "workspace" (column 1), "Workspace ID" (column 3). Name one with --workspace-column.',
    );
  });

  it('refuses a given name that stands twice', () => {
    expect(problem(['a', 'a', 'user'], { workspaceColumn: 'a' })).toContain('"a" (column 1), "a" (column 2)');
  });

  it('says all that is missing, what the header has, and the options', () => {
    const text = problem(['team', 'person']);
    expect(text).toContain('No column names the workspace (expected: workspace_id)');
    expect(text).toContain('No column names the user (expected: user_id)');
    expect(text).toContain('The header has: "team" (column 1), "person" (column 2)');
    expect(text).toContain('--workspace-column');
    expect(text).toContain('--user-column');
  });

  it('names a given column that is not there', () => {
    expect(problem(['workspace', 'user'], { userColumn: 'Person\u202e' })).toContain(
      'There is no column "Person\\u202e" (--user-column).',
    );
  });

  it('refuses one column for both roles', () => {
    expect(problem(['id', 'name'], { workspaceColumn: 'id', userColumn: 'ID' })).toBe(
      'One column cannot be both the workspace and the user: "id" (column 1).',
    );
  });

  it('shows hostile header cells escaped and cut, and no more than twenty', () => {
    const text = problem(['\u001b[2J', 'x'.repeat(100), ...Array.from({ length: 30 }, (_, i) => `c${i}`)]);
    expect(text).toContain('"\\u001b[2J"');
    expect(text).toContain(`"${'x'.repeat(60)}…"`);
    expect(text).toContain('and 12 more');
    expect(text).not.toContain('c18"');
  });

  it('recognizes UTF-16 that lacks its mark', () => {
    expect(problem(['w\0o\0r\0k\0'])).toContain('save it as UTF-8');
  });
});
