"""The module whose import fails in real vLLM when transformers is too new; here only when the machine's file asks for that fault."""
from vllm.fake.machine import fault

if fault() == "import":
    raise ImportError("cannot import name 'PixtralRotaryEmbedding' from 'transformers.models.pixtral.modeling_pixtral'")


class PixtralForConditionalGeneration:
    """The class that Mistral's models with images are served by. It is null."""
