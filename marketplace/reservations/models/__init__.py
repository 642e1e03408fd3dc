from .agreed import AgreedText
from .basket import Basket, BasketLine
from .checkout import Checkout, Contact
from .receipt import InvoiceAddress, Paper, Receipt, Series
from .reservation import Line, Reservation, Tap
from .withdrawal import Withdrawal, WithdrawalDeclaration, WithdrawalLine

__all__ = [
    "AgreedText",
    "Basket",
    "BasketLine",
    "Checkout",
    "Contact",
    "InvoiceAddress",
    "Line",
    "Paper",
    "Receipt",
    "Reservation",
    "Series",
    "Tap",
    "Withdrawal",
    "WithdrawalDeclaration",
    "WithdrawalLine",
]
