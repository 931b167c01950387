"""The words of Portuguese headers: Portugal and Brazil."""

from training.terms.subject import Terms

TERMS: Terms = {
    "age_or_place": "idade | data de nascimento | ano de nascimento | codigo postal | cep",
    "demographic": """
        sexo | genero | masculino | feminino | homem | mulher | =menino | =menina | =rapaz | =rapariga |
        endereco | morada | local de nascimento | pais de nascimento | naturalidade | nacionalidade |
        =estrangeiro | =estrangeira | imigrante | migrante | refugiado | refugiada | etnia | raca | cor raca |
        =cor | =negro | =negra | =preto | =preta | =pardo | =parda | =branco | =branca | indigena | quilombola |
        cotista | cotas | cigano | religiao | lingua materna | plnm | deficiencia | deficiente | pcd |
        necessidades educativas especiais | nee | dislexia | tdah | acao social escolar | escalao | =ase |
        bolsa familia | estado civil | gravida
    """,
    "circumstances": "bolsista | bolseiro | bolsa de estudo | renda | renda familiar | escolaridade dos pais",
    "personal": "nome | sobrenome | apelido | telefone | =aluno | =aluna | =estudante",
    "id": "matricula",
    "period": "ano | ano letivo | ano escolar | semestre | trimestre",
    "good_end": """
        aprovado | aprovada | aprovados | aprovacao | promovido | promovida | apto | apta | concluinte |
        concluiu | concluido | concluida | graduado | graduada | formado | formada | admitido | admitida |
        sucesso | transitou | transita | passou | suficiente | =louvor
    """,
    "bad_end": """
        reprovado | reprovada | reprovados | reprovacao | reprovacoes | reprovou | repetente | repetencia |
        retido | retida | retencao | desistente | desistencia | desistiu | evasao | evadido | evadida | evadiu |
        abandono | abandonou | insucesso | fracasso | em risco | risco | cancelado | cancelada | trancado |
        trancada | excluido | excluida | expulso | expulsa | ausente | inapto | inapta | insuficiente |
        recuperacao
    """,
    "more_is_better": """
        presenca | presencas | frequencia | assiduidade | nota | notas | media das notas | pontos | pontuacao |
        horas de estudo | tempo de estudo | participacao | tarefas | creditos | acertos | entregues
    """,
    "less_is_better": """
        falta | faltas | ausencia | ausencias | atraso | atrasos | reprovacao | reprovacoes | retencoes | erros
        | perdidas | nao entregues | suspensao | suspensoes | advertencia | advertencias
    """,
    "mark": "nota | notas | media | prova | exame | pontuacao",
}
