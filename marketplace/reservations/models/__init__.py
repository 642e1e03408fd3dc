from .basket import Basket, BasketLine
from .checkout import Checkout, Contact
from .reservation import Line, Reservation, Tap
from .withdrawal import Withdrawal, WithdrawalDeclaration, WithdrawalLine

__all__ = [
    "Basket",
    "BasketLine",
    "Checkout",
    "Contact",
    "Line",
    "Reservation",
    "Tap",
    "Withdrawal",
    "WithdrawalDeclaration",
    "WithdrawalLine",
]
