// The one live line of a page. Every script that listens imports it from here.
import { io } from '../vendor/socket.io.js';

// Polling comes last: it is for networks that let no websocket through.
export const socket = io({ transports: ['websocket', 'polling'], tryAllTransports: true });
