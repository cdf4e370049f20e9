"""What a programme could do: one more mentor, free places, what each rule costs."""

from matching.advice.programme import Advice, advise

__all__ = ["Advice", "advise"]
