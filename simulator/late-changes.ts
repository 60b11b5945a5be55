import type { Menu } from './menus.ts';
import type { ApiRecord, Change } from './render.ts';

/** Changes that both calls and chats can have, mostly after the end. */
export type LateHappening =
  | { readonly kind: 'rated'; readonly rating: number; readonly comment: boolean }
  | { readonly kind: 'ticketed'; readonly ticket: number }
  | { readonly kind: 'requeued_on_paper'; readonly menu: Menu }
  | { readonly kind: 'photo_added' | 'photo_removed' | 'video_added'; readonly id: number };

const ticketUrl = (ticket: number) => `https://crm.example.com/tickets/${ticket}`;

/** The state after late changes, and the trail of old and new values. */
export class LateChanges {
  rating: number | null = null;
  hasFeedback = false;
  ticket: number | null = null;
  menu: Menu | null = null;
  readonly photos = new Set<number>();
  readonly videos = new Set<number>();
  readonly trail: Change[] = [];

  /** Applies a change; changes after the end leave a trail. */
  apply(happening: LateHappening, at: number): void {
    switch (happening.kind) {
      case 'rated':
        this.trail.push({ field: 'rating', from: this.rating, to: happening.rating, at });
        this.rating = happening.rating;
        this.hasFeedback ||= happening.comment;
        break;
      case 'ticketed':
        this.trail.push({ field: 'out_ticket_id', from: null, to: String(happening.ticket), at });
        this.ticket = happening.ticket;
        break;
      case 'requeued_on_paper':
        this.trail.push({ field: 'selected_menu', from: this.menu?.name ?? null, to: happening.menu.name, at });
        this.menu = happening.menu;
        break;
      case 'photo_added':
        this.photos.add(happening.id);
        break;
      case 'photo_removed':
        this.photos.delete(happening.id);
        break;
      case 'video_added':
        this.videos.add(happening.id);
        break;
      default:
        happening satisfies never;
    }
  }

  ticketFields(): ApiRecord {
    if (this.ticket === null) return { out_ticket_id: null, out_ticket_url: null };
    return { out_ticket_id: String(this.ticket), out_ticket_url: ticketUrl(this.ticket) };
  }

  mediaFields(): ApiRecord {
    return {
      photos: [...this.photos].map((id) => ({
        id,
        photo_type: id % 4 === 0 ? 'screenshot' : 'photo',
        url: `https://media.example.com/photos/${id}.jpg`,
      })),
      videos: [...this.videos].map((id) => ({ id, url: `https://media.example.com/videos/${id}.mp4` })),
    };
  }
}
