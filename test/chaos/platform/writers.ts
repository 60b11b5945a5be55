import type { Scheduler } from '../scheduler.ts';
import type { Collection, Json, Row } from './chaos-collection.ts';
import type { Platform } from './chaos-platform.ts';
import { closed } from './history.ts';
import type { Served } from './http.ts';
import { listOf, newActivity, newCall, newChat, newOther, nextVersion, stub, withMediaChange } from './records.ts';

const DAY = 86_400_000;

export interface WriterOptions {
  /** Mean milliseconds between two changes. */
  readonly gap: number;
  /** Probability that a served page is followed at once by a change to what was served. */
  readonly disturbance: number;
  /** Probability that a change is shown late. */
  readonly lateness: number;
  /**
   * The longest a change may stay invisible after the time it carries, milliseconds: the settle time of the tail, or with late records less
   * than its look-back.
   */
  readonly latest: number;
  /** How long after its `updated_at` what is nested in a record may change without moving it, milliseconds. */
  readonly quietChanges: number;
  /** Records changed on one millisecond, every now and then. */
  readonly storm: number;
  /** All calls and all chats are changed on one millisecond once. */
  readonly bulkEdit: boolean;
  /** The day on which a call or chat began is corrected now and then. */
  readonly corrections: boolean;
  /** Share of the statuses that never end. */
  readonly neverClosed: number;
}

/** All writers of the platform: several change it in parallel, between any two steps of other programs. */
export class Writers {
  readonly #platform: Platform;
  readonly #scheduler: Scheduler;
  readonly #options: WriterOptions;
  #nextId = 100_000;
  #stopped = false;
  /** When calls and chats that were corrected began at first. */
  readonly #firstDays = new Map<string, number>();
  #lastStamp: number;

  constructor(platform: Platform, scheduler: Scheduler, options: WriterOptions) {
    this.#platform = platform;
    this.#scheduler = scheduler;
    this.#options = options;
    this.#lastStamp = scheduler.now;
  }

  start(): void {
    const { random } = this.#scheduler;
    if (this.#options.bulkEdit)
      for (const collection of [this.#platform.calls, this.#platform.chats])
        this.#scheduler.after(random.int(1, 5 * 60_000), () => this.#storm(collection, collection.size));
    this.#again();
  }

  #again(): void {
    this.#later(-this.#options.gap * Math.log(1 - this.#scheduler.random.next()));
  }

  /** No change begins any more; late ones still become visible. */
  stop(): void {
    this.#stopped = true;
  }

  /** Called after each answer: sometimes exactly the returned records change before the next request. */
  disturb({ collection, range, page }: Served): void {
    const { random } = this.#scheduler;
    if (this.#stopped || !random.chance(this.#options.disturbance)) return;
    // a row before the border of a page moves all behind it
    const row = random.anyOf(range.slice(0, page * 100));
    if (row === undefined) return;
    this.#scheduler.after(random.int(0, 60), () => {
      if (this.#stopped) return;
      if (collection === this.#platform.agents || collection === this.#platform.teams) this.#changePeople();
      else if (collection === this.#platform.activity) this.#changeActivity();
      else if (collection.cursor !== null) this.#touch(collection, row);
    });
  }

  #later(delay: number): void {
    this.#scheduler.after(delay, () => {
      if (this.#stopped) return;
      this.#change();
      this.#again();
    });
  }

  #change(): void {
    const { random } = this.#scheduler;
    const platform = this.#platform;
    const collection = random.chance(0.6) ? platform.calls : platform.chats;
    const kind = random.weighted({
      create: 3,
      touch: 4,
      quiet: 2,
      activity: 3,
      people: 1,
      settings: 0.3,
      storm: 0.3,
      rotate: 0.05,
      other: platform.others.length === 0 ? 0 : 2,
      correct: this.#options.corrections ? 1 : 0,
    });
    switch (kind) {
      case 'create':
        this.#create(collection);
        break;
      case 'touch':
        this.#touch(collection, random.anyOf(collection.rows()));
        break;
      case 'quiet':
        this.#changeQuietly(collection);
        break;
      case 'activity':
        this.#changeActivity();
        break;
      case 'people':
        this.#changePeople();
        break;
      case 'settings':
        this.#rename(random.chance(0.5) ? platform.menus : platform.statuses);
        break;
      case 'storm':
        this.#storm(collection);
        break;
      case 'correct':
        this.#correct(collection);
        break;
      case 'rotate':
        platform.password = `token-${random.int(1, 1e6)}`;
        this.#note('rotates its credential');
        break;
      case 'other':
        this.#changeOther();
        break;
    }
  }

  #create(collection: Collection): void {
    const { random } = this.#scheduler;
    const id = this.#nextId++;
    const at = this.#stamp();
    const create = collection === this.#platform.calls ? newCall : newChat;
    const record = create(random, id, at - (random.chance(0.2) ? random.skewed(1, 86_400_000) : 0));
    this.#show(collection, { ...record, updated_at: new Date(at).toISOString() });
  }

  #touch(collection: Collection, row: Row | undefined): void {
    if (row === undefined) return;
    const { random } = this.#scheduler;
    const current = collection.get(row.id);
    if (current === undefined) return;
    const at = this.#stamp();
    // writers of one record come one after the other
    if (at < current.order) return;
    const cursor = collection.cursor ?? 'updated_at';
    this.#show(collection, { ...nextVersion(random, current.record, at), [cursor]: new Date(at).toISOString() });
  }

  /** A collection that no other writer knows gets another record, or another version of one. */
  #changeOther(): void {
    const { random } = this.#scheduler;
    const other = random.anyOf(this.#platform.others);
    if (other === undefined) return;
    const { endpoint, collection } = other;
    if (random.chance(0.4)) this.#show(collection, newOther(endpoint, this.#nextId++, this.#stamp()));
    else if (collection.cursor === null) this.#rename(collection);
    else this.#touch(collection, random.anyOf(collection.rows()));
  }

  #changeQuietly(collection: Collection): void {
    const { random, now } = this.#scheduler;
    const recent = collection.rows().filter(({ order }) => order >= now - this.#options.quietChanges);
    const row = random.anyOf(recent);
    if (row !== undefined) this.#show(collection, withMediaChange(random, row.record));
  }

  /**
   * The day of a call or chat was wrong: its event moves to another partition, of the next day or further away, and sometimes back.
   * Some corrections do not move `updated_at`.
   */
  #correct(collection: Collection): void {
    const { random, now } = this.#scheduler;
    const rows = collection.rows();
    const moved = rows.filter(({ id }) => this.#firstDays.has(`${this.#nameOf(collection)} ${id}`));
    const row = random.anyOf(moved.length > 0 && random.chance(0.5) ? moved : rows);
    if (row === undefined) return;
    const isQuiet = row.order >= now - this.#options.quietChanges && random.chance(0.3);
    const at = isQuiet ? row.order : this.#stamp();
    if (at < row.order) return;
    const created = Date.parse(String(row.record.created_at));
    const name = `${this.#nameOf(collection)} ${row.id}`;
    const first = this.#firstDays.get(name);
    this.#firstDays.set(name, first ?? created);
    const midnight = DAY * Math.round(created / DAY);
    const acrossMidnight = midnight + (created < midnight ? 60_000 : -60_000);
    const days = random.skewed(1, 40) * random.pick([-1, 1]);
    const corrected =
      first !== undefined && random.chance(0.4) ? first : random.pick([acrossMidnight, created + days * DAY]);
    this.#show(collection, {
      ...row.record,
      created_at: new Date(corrected).toISOString(),
      updated_at: new Date(at).toISOString(),
    });
  }

  #storm(collection: Collection, storm = this.#options.storm): void {
    if (storm === 0) return;
    const at = this.#scheduler.now;
    const chosen = this.#scheduler.random.shuffled(collection.rows()).slice(0, storm);
    for (const { record } of chosen)
      collection.put(Number(record.id), { ...record, updated_at: new Date(at).toISOString() });
    this.#note(`changes ${chosen.length} ${this.#nameOf(collection)} at once`);
  }

  #changeActivity(): void {
    const { random, now } = this.#scheduler;
    const { neverClosed } = this.#options;
    const { activity, quirks } = this.#platform;
    const open = activity
      .rows()
      .filter(({ id, record }) => record.ended_at === null && quirks.quirks.draw('never-closed', id) >= neverClosed);
    const row = random.chance(0.6) ? random.anyOf(open) : undefined;
    if (row !== undefined) this.#show(activity, closed(row.record, now));
    if (row !== undefined && random.chance(0.3)) return;
    const agent = row === undefined ? random.int(1, 6) : Number(row.record.agent_id);
    this.#show(activity, newActivity(random, this.#nextId++, agent, this.#stamp()));
  }

  #changePeople(): void {
    const { random } = this.#scheduler;
    const { agents, teams } = this.#platform;
    const agent = random.anyOf(agents.rows());
    const team = random.anyOf(teams.rows());
    const kind = random.weighted({ leave: 2, join: 2, rename: 2, assign: 3, disband: 0.5 });
    if (kind === 'leave' && agent !== undefined) {
      agents.remove(agent.id);
      this.#note(`agent ${agent.id} leaves`);
      // some come back as they were
      if (random.chance(0.5)) this.#scheduler.after(random.skewed(100, 600_000), () => this.#return(agent));
    } else if (kind === 'join') {
      const id = this.#nextId++;
      this.#show(agents, { ...stub(id), online: true });
    } else if (kind === 'rename') this.#rename(agents);
    else if (kind === 'assign' && team !== undefined) {
      const assignees = random.chance(0.4) ? [] : [...listOf(team.record.assignees).slice(-2), stub(random.int(1, 6))];
      this.#show(teams, { ...team.record, assignees, agents_count: assignees.length });
    } else if (kind === 'disband' && team !== undefined) teams.remove(team.id);
  }

  #return(agent: Row): void {
    if (!this.#stopped && this.#platform.agents.get(agent.id) === undefined)
      this.#show(this.#platform.agents, agent.record);
  }

  #rename(collection: Collection): void {
    const { random } = this.#scheduler;
    const row = random.anyOf(collection.rows());
    if (row !== undefined) this.#show(collection, { ...row.record, name: `Renamed ${random.int(1, 1e6)}` });
  }

  #show(collection: Collection, record: Json): void {
    collection.put(Number(record.id), record);
    this.#note(
      `shows ${this.#nameOf(collection)} ${record.id}${collection.cursor === null ? '' : ` ${record[collection.cursor]}`}`,
    );
  }

  /** The time a change carries: now, just the time of the change before, or some time ago. */
  #stamp(): number {
    const { random, now } = this.#scheduler;
    if (random.chance(0.2) && now - this.#lastStamp < this.#options.latest) return this.#lastStamp;
    const late = random.chance(this.#options.lateness) ? random.skewed(1, this.#options.latest) : 0;
    this.#lastStamp = now - late;
    return this.#lastStamp;
  }

  #nameOf(collection: Collection): string {
    const names = ['calls', 'chats', 'activity', 'agents', 'teams', 'menus', 'statuses'] as const;
    const other = this.#platform.others.find((each) => each.collection === collection);
    return names.find((name) => this.#platform[name] === collection) ?? other?.endpoint.name ?? '';
  }

  #note(text: string): void {
    this.#scheduler.trace.add(this.#scheduler.now, `platform ${this.#platform.name} ${text}`);
  }
}
