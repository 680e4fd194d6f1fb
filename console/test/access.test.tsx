/** What the pages of access control stand on: places in JSON, the matrix, questions, policies as documents, the save key. */
import { type Answer, call, type Schemas } from '@tenantry/sdk';
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { setTexts, translate } from '../src/app/texts';
import { lineOf, readJson } from '../src/code/json-places';
import { ApiForm } from '../src/forms/api-form';
import { TextField } from '../src/forms/fields';
import { chosenForm } from '../src/forms/save-key';
import de from '../src/locales/de.json';
import en from '../src/locales/en.json';
import { checkOf, searchOf, typeOf } from '../src/pages/access/question';
import {
  aboutOf,
  atLines,
  cedarProblems,
  effectOf,
  localProblems,
  policyField,
  toBody,
  toValues,
  unconditionalEffect,
} from '../src/pages/policies/document';
import { EXAMPLES, exampleOf } from '../src/pages/policies/examples';
import { RoleMatrix } from '../src/pages/roles/matrix';
import {
  type Column,
  type Edits,
  grantedWith,
  isEdited,
  moved,
  overtaken,
  summaryOf,
  withCell,
} from '../src/pages/roles/matrix-model';
import { PersonPicker } from '../src/pages/shared/person-picker';
import { ok, problem, stage } from './stage';

describe('texts', () => {
  it('are filled in, in the right number, in any language', () => {
    expect(translate('matrix.changes', { count: 1 })).toBe('1 change');
    expect(translate('matrix.changes', { count: 3 })).toBe('3 changes');
    expect(translate('audit.outcomes.success', 'x')).toBe('Success');
    expect(translate('audit.outcomes.unheard-of' as 'audit.outcomes.success', 'as it came')).toBe('as it came');
    setTexts('de', de);
    expect(translate('matrix.changes', { count: 0 })).toBe('0 Änderungen');
    setTexts('en', en);
  });
});

const TEXT = `{
  "target": {"resource": "booking",
    "action": "cancel"},
  "rules": {
    "effect": "allow",
    "conditions": [
      {"a/b~c": 1},
      {"user.role": "Premium \\"x\\""}
    ]
  }
}`;

describe('places in JSON', () => {
  it('are the lines of pointers', () => {
    const { value, lines } = readJson(TEXT);
    expect(value).toEqual(JSON.parse(TEXT));
    expect(lineOf(lines, '#/target/action')).toBe(3);
    expect(lineOf(lines, '#/rules/conditions/0/a~1b~0c')).toBe(7);
    expect(lineOf(lines, '#/rules/conditions/1/user.role')).toBe(8);
  });

  it('are those around, for what is not there', () => {
    const { lines } = readJson(TEXT);
    expect(lineOf(lines, '#/rules/conditions/1/gone/deeper')).toBe(8);
    expect(lineOf(lines, '#/nothing')).toBe(1);
  });

  it.each([
    ['', 1, ''],
    ['{"a": 1,\n "b" 2}', 2, '2}'],
    ['{"a": [1,\n2,\n]}', 3, ']}'],
    ['{"a": 1}\n\nx', 3, 'x'],
    ['{"a": "\n"}', 1, '"'],
    ['{"a": 01}', 1, '1}'],
  ])('of %j that is no JSON name the line', (text, line, found) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(readJson(text).problem).toEqual({ line, found });
  });

  it('a member called __proto__ is a member', () => {
    const { value } = readJson('{"__proto__": {"x": 1}}');
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect((value as { x?: number }).x).toBeUndefined();
  });
});

describe('policies as documents', () => {
  it('are wide open without conditions', () => {
    const target = { resource: 'booking', action: 'cancel' };
    expect(unconditionalEffect({ target, rules: { effect: 'deny' } })).toBe('deny');
    expect(unconditionalEffect({ target, rules: { effect: 'allow', conditions: [] } })).toBe('allow');
    expect(unconditionalEffect({ target, rules: { effect: 'allow', conditions: [{ a: 1 }] } })).toBeUndefined();
    for (const other of [undefined, [], 'text', { rules: { effect: 'maybe' } }]) {
      expect(unconditionalEffect(other)).toBeUndefined();
    }
  });

  const premium = exampleOf('premium')?.values;

  it('go to fields and back', () => {
    for (const { values } of EXAMPLES) {
      const body = toBody(values);
      expect(toValues(body)).toEqual(values);
    }
    expect(premium && toBody(premium).rules).toEqual({
      effect: 'allow',
      conditions: [{ 'user.role': 'PremiumCustomer', 'booking.scheduled_time': '> now() + 24h' }],
    });
  });

  it('that deny begin disabled', () => {
    for (const { values } of EXAMPLES) {
      expect(values.is_enabled).toBe(effectOf(toBody(values)) === 'allow');
    }
  });

  it('say in short what they are about and what they do', () => {
    expect(aboutOf({ target: { resource: ['a', 'b'], action: '*' } })).toBe('a, b · *');
    expect(aboutOf({ cedar: 'permit (principal, action == Action::"a:b", resource);' })).toBe('a:b');
    expect(effectOf({ cedar: '// permit (…)\n@id("x")\nforbid (principal, action, resource);' })).toBe('deny');
    expect(effectOf({ cedar: 'permit (principal, action, resource) unless { context.forbid };' })).toBe('allow');
    expect(effectOf({ rules: { effect: 'deny' } })).toBe('deny');
  });

  it('have their problems at lines', () => {
    const words = { syntax: (found: string) => `no ${found}`, other: (name: string) => `not ${name}`, shape: 'shape' };
    expect(localProblems(readJson('{\n"target": }'), words)).toEqual([{ line: 2, detail: 'no }' }]);
    expect(localProblems(readJson('[]'), words)).toEqual([{ line: 1, detail: 'shape' }]);
    expect(localProblems(readJson('{"rules": {},\n"name": "x"}'), words)).toEqual([{ line: 2, detail: 'not name' }]);
    const found = [
      { pointer: '#/rules/conditions/1/user.role', detail: 'unknown' },
      { pointer: 'path/policy_id', detail: 'elsewhere' },
    ];
    expect(atLines(found, readJson(TEXT))).toEqual([{ line: 8, detail: 'rules/conditions/1/user.role: unknown' }]);
    expect(['#/target/action', '#/rules', '#/cedar', '#/name'].map(policyField)).toEqual([
      'json',
      'json',
      'cedar',
      'name',
    ]);
  });

  it('in Cedar have their problems where the words are', () => {
    const code = 'permit (principal, action, resource)\nwhen {\n  principal.id == resource.owner\n};';
    const detail = 'for policy `policy`, attribute `owner` on `x` is bad; for policy `policy`, no `elsewhere`';
    expect(cedarProblems(detail, code)).toEqual([
      { line: 3, detail: 'attribute `owner` on `x` is bad' },
      { line: undefined, detail: 'no `elsewhere`' },
    ]);
  });
});

describe('questions', () => {
  it('about what is one’s own are about the type that the log names', () => {
    const decision = {
      id: 'd-1',
      at: '2026-11-30T10:00:00Z',
      action: 'self:account',
      decision: 'deny',
      resource_type: 'user',
      resource_id: 'u-1',
      user_id: 'u-1',
      policies: [],
      facts: { resource: { id: 'u-1', type: 'user', owner: 'u-1', status: 'active' } },
    } as unknown as Parameters<typeof searchOf>[0];
    expect(checkOf(searchOf(decision), {}).resource).toMatchObject({ type: 'user', properties: { status: 'active' } });
    const other = searchOf({ ...decision, action: 'users:read' });
    expect(other).not.toHaveProperty('type');
  });

  const kinds = { price: 'number', scheduled_time: 'datetime', tags: 'strings', paid: 'boolean' } as const;

  it('of the URL become what the API wants', () => {
    const search = {
      user: 'u-1',
      action: ' booking:cancel ',
      id: 'b-1',
      time: '2026-11-22T09:00:00Z',
      known: 'true',
      trusted: 'false',
      'a.price': '12',
      'a.scheduled_time': '2026-11-23T09:00:00Z',
      'a.tags': 'x, y',
      'a.paid': 'true',
      'a.status': '',
    };
    expect(JSON.parse(JSON.stringify(checkOf(search, kinds)))).toEqual({
      user_id: 'u-1',
      action: 'booking:cancel',
      resource: {
        id: 'b-1',
        properties: { price: 12, scheduled_time: '2026-11-23T09:00:00.000Z', tags: ['x', 'y'], paid: true },
      },
      context: { time: '2026-11-22T09:00:00.000Z', device: { known: true, trusted: false } },
    });
  });

  it('are the same again from a recorded decision', () => {
    const decision = {
      at: '2026-11-22T09:00:00.123Z',
      user_id: 'u-1',
      action: 'projects:update',
      resource_type: 'project',
      resource_id: 'p-1',
      facts: { resource: { owner: 'u-2', status: 'active' }, environment: { ip: '192.0.2.7' } },
    } as unknown as Schemas['DecisionView'];
    expect(JSON.parse(JSON.stringify(checkOf(searchOf(decision), {})))).toEqual({
      user_id: 'u-1',
      action: 'projects:update',
      resource: { id: 'p-1', owner: 'u-2', properties: { status: 'active' } },
      context: { time: '2026-11-22T09:00:00.123Z', ip: '192.0.2.7' },
    });
  });

  it('know the type of an action', () => {
    const known = ['booking', 'project', 'policy', 'access'];
    expect(
      ['booking:cancel', 'projects.update', 'policies:read', 'access:check', 'x:y'].map((a) => typeOf(a, known)),
    ).toEqual(['booking', 'project', 'policy', 'access', 'x']);
  });
});

const role = (granted: string[], id = 'r-1'): Column => ({
  id,
  name: id,
  is_system: false,
  role_family: 'Internal',
  granted,
  etag: '"1"',
});

describe('the matrix', () => {
  it('keeps only what differs', () => {
    const one = role(['a:b', 'c:d:own']);
    let edits: Edits = withCell({}, one, 'a:b', 'own');
    expect(isEdited(edits, one, 'a:b')).toBe(true);
    expect(grantedWith(edits, one)).toEqual(['a:b:own', 'c:d:own']);
    edits = withCell(edits, one, 'c:d', '');
    expect(summaryOf(edits, [one, role([], 'r-2')])).toMatchObject({ cells: 2, roles: [{ id: 'r-1' }] });
    edits = withCell(withCell(edits, one, 'a:b', 'any'), one, 'c:d', 'own');
    expect(edits).toEqual({});
  });

  it('puts edits on top of what somebody else saved, and tells what that was', () => {
    const [before, after] = [role(['a:b']), role(['a:b', 'e:f:own', 'g:h'])];
    const edits = withCell(withCell({}, before, 'c:d', 'any'), before, 'e:f', 'any');
    expect(grantedWith(edits, after)).toEqual(['a:b', 'c:d', 'e:f', 'g:h']);
    expect(overtaken(edits, before, after)).toEqual([
      { role: 'r-1', permission: 'e:f', theirs: 'own', mine: 'any' },
      { role: 'r-1', permission: 'g:h', theirs: 'any', mine: 'any' },
    ]);
  });

  it('is walked with the arrow keys, and ends at its edges', () => {
    const size = { rows: 3, columns: 2 };
    const press = (key: string, ctrlKey = false) => moved({ row: 1, column: 0 }, { key, ctrlKey }, size);
    expect(press('ArrowDown')).toEqual({ row: 2, column: 0 });
    expect(press('ArrowLeft')).toEqual({ row: 1, column: 0 });
    expect(press('PageDown')).toEqual({ row: 2, column: 0 });
    expect(press('End', true)).toEqual({ row: 2, column: 1 });
    expect(press('x')).toBeUndefined();
  });

  const view = (id: string, permissions: string[] = []) => ({
    id,
    name: id,
    role_family: 'Internal',
    is_system: false,
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
    permissions,
  });

  function matrix(save: (request: Request, version: number) => Response) {
    let version = 1;
    let granted = ['jobs:read'];
    const permissions = Array.from({ length: 101 }, (_, number) => ({
      name: `jobs:${number === 0 ? 'read' : `act${number}`}`,
      resource: 'jobs',
      action: number === 0 ? 'read' : `act${number}`,
      is_system: true,
    }));
    return stage(
      <RoleMatrix />,
      {
        'GET /permissions': (request) => {
          const isSecond = new URL(request.url).searchParams.has('cursor');
          const data = isSecond ? permissions.slice(100) : permissions.slice(0, 100);
          return Response.json({ status: 'success', data, meta: isSecond ? {} : { next_cursor: 'next' } });
        },
        'GET /roles': () => ok([view('crew')]),
        'GET /roles/crew': () => ok(view('crew', granted), { etag: `"${version}"` }),
        'PUT /roles/crew': (request) => {
          const answer = save(request, version);
          if (answer.status === 412) {
            version += 1;
            granted = ['jobs:act2', 'jobs:read'];
          }
          return answer;
        },
      },
      ['roles:read', 'roles:update'],
    );
  }

  it('reads every page, saves with the version, and shows what others did', async () => {
    const { requests } = matrix((request, version) =>
      request.headers.get('if-match') === `"${version}"` && version > 1 ? ok(view('crew')) : problem(412),
    );
    expect(await screen.findByRole('rowheader', { name: 'act100' })).toBeVisible();
    const cell = await screen.findByRole('button', { name: 'jobs:read for crew: All' });
    cell.focus();
    await userEvent.keyboard('{ArrowDown}o');
    expect(await screen.findByRole('button', { name: /jobs:act1 for crew: Own only, not saved yet/ })).toHaveFocus();
    await userEvent.keyboard('{Control>}s{/Control}');
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('jobs:act2');
    expect(await screen.findByRole('button', { name: 'jobs:act2 for crew: All' })).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByText('1 role was saved')).toBeVisible();
    const last = requests.filter(({ method }) => method === 'PUT').at(-1);
    expect(await last?.json()).toEqual({ permissions: ['jobs:act1:own', 'jobs:act2', 'jobs:read'] });
  });

  it('keeps what was refused, and says why', async () => {
    const errors = [{ pointer: '#/permissions/0', detail: 'you do not hold jobs:act1' }];
    matrix(() => problem(403, { code: 'privilege_escalation', errors }));
    await userEvent.click(await screen.findByRole('button', { name: 'jobs:act1 for crew: Not' }));
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('you do not hold jobs:act1');
    expect(screen.getByText(/1 change · 1 role/)).toBeVisible();
  });
});

describe('the save key', () => {
  it('means the form with the focus, else the changed one, else the first; in a dialog only its own', () => {
    document.body.innerHTML = '<form id="a"><input></form><form id="b"></form><div id="d"><form id="c"></form></div>';
    const form = (id: string, isDirty = false) => ({ element: document.getElementById(id) as Element, isDirty });
    const forms = [form('b', true), form('a'), form('c')];
    const chosen = (focused: string | null, dialog: string | null = null) =>
      chosenForm(
        forms,
        focused ? document.querySelector(focused) : null,
        dialog ? document.querySelector(dialog) : null,
      )?.element.id;
    expect(chosen('#a input')).toBe('a');
    expect(chosen(null)).toBe('b');
    expect(chosen('#a input', '#d')).toBe('c');
    expect(chosenForm([form('b'), form('a')], null, null)?.element.id).toBe('a');
    expect(chosenForm([form('a')], null, document.querySelector('#d'))).toBeUndefined();
    document.body.innerHTML = '';
  });
});

describe('a form whose subject changed elsewhere', () => {
  const path = { project_id: 'p-1' };
  function Form({ answer }: { answer: Answer<{ name: string }> }) {
    return (
      <ApiForm
        defaultValues={{ name: answer.data.name }}
        labels={{ name: 'Name' }}
        call={(body, ifMatch) => call('put', '/projects/{project_id}', { path, body, ifMatch })}
        versioned={{
          etag: answer.etag,
          read: call('get', '/projects/{project_id}', { path }),
          toValues: ({ name }: Schemas['ProjectView']) => ({ name }),
        }}
        submitLabel="Save"
        done="Saved"
        refresh={[]}
      >
        <TextField name="name" isRequired />
      </ApiForm>
    );
  }

  it('follows, and saves with the new version', async () => {
    const first: Answer<{ name: string }> = { data: { name: 'Old' }, etag: '"1"', isReplayed: false };
    const Holder = () => {
      const [answer, setAnswer] = useState(first);
      return (
        <>
          <button type="button" onClick={() => setAnswer({ data: { name: 'New' }, etag: '"2"', isReplayed: false })}>
            Change elsewhere
          </button>
          <Form answer={answer} />
        </>
      );
    };
    const { requests } = stage(<Holder />, { 'PUT /projects/p-1': () => ok({ id: 'p-1' }, { etag: '"3"' }) });
    await screen.findByDisplayValue('Old');
    await userEvent.click(screen.getByRole('button', { name: 'Change elsewhere' }));
    await screen.findByDisplayValue('New');
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(requests[0]?.headers.get('if-match')).toBe('"2"'));
  });
});

describe('finding a person', () => {
  it('works by keyboard, and offers nobody twice', async () => {
    const people = ['ada', 'bob', 'carol'].map((name) => ({ id: name, email: `${name}@acme.example` }));
    const onChange = vi.fn();
    stage(
      <PersonPicker id="who" label="Person" value="" onChange={onChange} without={['ada']} />,
      { 'GET /users': () => ok(people) },
      ['users:read'],
    );
    const field = await screen.findByRole('combobox', { name: /Person/ });
    await userEvent.type(field, 'a');
    expect(await screen.findAllByRole('option')).toHaveLength(2);
    await userEvent.keyboard('{ArrowDown}{Enter}');
    expect(onChange).toHaveBeenCalledWith('carol');
    await userEvent.keyboard('{Escape}');
    expect(screen.queryByRole('listbox')).toBeNull();
  });
});
