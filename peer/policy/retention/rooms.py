"""What is held of rooms and what is said in them, and for how long."""

from peer.core.words import N_
from peer.policy.retention.life import ROOM_DAYS_USUAL, Life

LIVES = (
    Life(
        "rooms",
        "rooms",
        N_("A room's name, what it is for, and how people are together in it."),
        N_("So that people know where they are."),
        N_(
            "As long as the room is there; the room of a mentorship goes with the last of its two people, or with the record of the mentorship."
        ),
    ),
    Life(
        "memberships",
        "rooms",
        N_(
            "Which rooms you are in, since when, and how far you have read. In rooms that are never left alone, the moment at which you were last seen there."
        ),
        N_("So that you come back to where you were, and so that nobody is left alone there."),
        N_(
            "Until you leave the room or erase your account; the moment at which you were last seen there is emptied within minutes."
        ),
    ),
    Life(
        "room_names",
        "rooms",
        N_("What you are called in one room, where you have another name there."),
        N_("So that people who meet you in two rooms need not know that it is you."),
        N_(
            "Until you give it up or erase your account; after you have left the room as long as something you said is there, or somebody has muted or blocked you under it."
        ),
    ),
    Life(
        "room_settings",
        "rooms",
        N_("Whether people may have another name in one room."),
        N_("So that the organisation decides it."),
        N_("As long as the installation is there."),
    ),
    Life(
        "arrivals",
        "rooms",
        N_(
            "While you are new: which of your first messages were let through. After that, since when."
        ),
        N_(
            "So that somebody looks at first messages before others see them, and at no later ones."
        ),
        N_("The list until it is enough; that it was enough as long as your account."),
    ),
    Life(
        "admissions",
        "rooms",
        N_(
            "Where people are let in one by one: when you came to the door, what you were told, and one of a few reasons that only those who look after the room see. Of any room: that you were taken out of it."
        ),
        N_("So that nobody reads or hears anything before they have been let in."),
        N_(
            "%(days)s days after you were last there. That you were taken out: until somebody lets you in again, or you erase your account."
        ),
        7,
    ),
    Life(
        "asides",
        "rooms",
        N_(
            "When you were invited to step aside, and whether you said yes. What is said there stays in a room of its own."
        ),
        N_("So that two of the team, and nobody else, can talk with you alone during a session."),
        N_("%(days)s days after that. The room goes then as well."),
        2,
    ),
    Life(
        "rhythms",
        "rooms",
        N_("Weekly hours of a room, and on which clock."),
        N_("So that its dates come every week."),
        N_("As long as the room is there."),
    ),
    Life(
        "gatherings",
        "rooms",
        N_("Sessions of a room: when, how many places, and afterwards a few numbers, no names."),
        N_("So that people find when to come, and so that the team sees whether it helps."),
        N_("%(days)s days after the date."),
        365,
    ),
    Life(
        "seats",
        "rooms",
        N_("For which sessions you signed up, and whether you want to be reminded."),
        N_("So that there is room for you, and you hear if it is called off."),
        N_("%(days)s days after the date, or until you give the place back."),
        2,
    ),
    Life(
        "circles",
        "rooms",
        N_("Of a circle: which round it is, and since when somebody holds the talking piece."),
        N_("So that nobody is interrupted, and everybody has a turn."),
        N_("%(days)s day after the date."),
        1,
    ),
    Life(
        "circle_seats",
        "rooms",
        N_("Your place in the order of a circle, and whether you have had your turn."),
        N_("So that nobody is interrupted, and everybody has a turn."),
        N_("%(days)s day after the date."),
        1,
    ),
    Life(
        "gestures",
        "rooms",
        N_("In quiet rooms, which gestures were made, and not by whom."),
        N_("So that people feel that somebody is there."),
        N_("Ten minutes."),
    ),
    Life(
        "whispers",
        "rooms",
        N_("What whoever leads a room said to you alone there."),
        N_("So that somebody can look after you without everybody listening."),
        N_("%(days)s days."),
        7,
    ),
    Life(
        "messages",
        "rooms",
        N_(
            "What you say in rooms, the note and the topic you put on it, and what it said before you changed it."
        ),
        N_("So that people can talk with each other."),
        N_(
            "As long as the room says: usually %(days)s days, never for ever. What was reported stays until it has been decided, and 20 days longer."
        ),
        ROOM_DAYS_USUAL,
    ),
    Life(
        "message_reactions",
        "rooms",
        N_("Which warm words you gave to which message."),
        N_("So that people know they were heard."),
        N_("As long as the message, or until you take it back."),
    ),
    Life(
        "distances",
        "rooms",
        N_(
            "Whom you have muted or blocked, and under which of their names; nothing else about it, not even since when. Where somebody you have blocked takes another name in a room, the block goes along with it, and you are not told."
        ),
        N_("So that you hear less of somebody, without anybody noticing."),
        N_("Until you undo it, or one of you erases their account."),
    ),
    Life(
        "unwanted_topics",
        "rooms",
        N_("Which topics you would rather not meet unprepared."),
        N_("So that messages about them are folded for you."),
        N_("Until you change it, or erase your account."),
    ),
    Life(
        "room_changes",
        "rooms",
        N_("The numbers of a room's changes; no words and no names."),
        N_("So that nothing is missing on an open page."),
        N_("As long as the room is there."),
    ),
)
