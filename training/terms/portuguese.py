"""The words of Portuguese headers: Portugal and Brazil."""

from training.terms.subject import Terms

TERMS: Terms = {
    "age_or_place": """
        idade | data de nascimento | ano de nascimento | codigo postal | cep | data nascimento | data nasc | ano
        nascimento | dt nascimento | dt nasc | nascido em | =cidade | =bairro | =municipio | =rua | =freguesia | zona de
        residencia | uf residencia |
        concelho
    """,
    "demographic": """
        sexo | genero | masculino | feminino | homem | mulher | =menino | =menina | =rapaz | =rapariga | endereco |
        morada | local de nascimento | pais de nascimento | naturalidade | nacionalidade | =estrangeiro | =estrangeira |
        imigrante | migrante | refugiado | refugiada | etnia | raca | cor raca | =cor | =negro | =negra | =preto |
        =preta | =pardo | =parda | =branco | =branca | indigena | quilombola | cotista | cotas | cigano | religiao |
        lingua materna | plnm | deficiencia | deficiente | pcd | necessidades educativas especiais | nee | dislexia |
        tdah | acao social escolar | escalao | =ase | bolsa familia | estado civil | gravida | =f m | =h m | =m h | pais
        de origem | pais origem | =origem | lusofono | lingua de origem | sase | escalao ase | escalao do ase |
        deficiencias | pessoa com deficiencia | =muculmano | =catolico | =evangelico | casado | casada | solteiro |
        solteira | divorciado | cadunico | auxilio brasil | necessidades especiais | requerente de asilo | grupo etnico
        | cota | modalidade cota | modalidade de cota | acao afirmativa | orfao | orfa | numero de filhos | tem filhos |
        =escalao
    """,
    "circumstances": """
        bolsista | bolseiro | bolsa de estudo | renda | renda familiar | escolaridade dos pais | mae | pai | irmaos |
        encarregado de educacao
    """,
    "personal": """
        nome | sobrenome | apelido | telefone | nome completo | nome do aluno | primeiro nome | ultimo nome | nome
        proprio | telemovel | celular | tel | =contacto | =contato | correio eletronico | nome da mae | nome do pai |
        nome social | usuario | =aluno | =estudante | nome aluno | =aluna
    """,
    "id": """
        matricula | cpf | =ra | =rg | n processo | no processo | =processo | numero de processo | numero do processo |
        numero de aluno | numero do aluno | num aluno | codigo do aluno | registro academico | registro do aluno |
        inscricao |
        =r a | n aluno | no aluno | n de aluno | no de aluno | n mecanografico | no mecanografico
    """,
    "period": "ano | ano letivo | ano escolar | semestre | trimestre",
    "good_end": """
        aprovado | aprovada | aprovados | aprovacao | promovido | promovida | apto | apta | concluinte | concluiu |
        concluido | concluida | graduado | graduada | formado | formada | admitido | admitida | sucesso | transitou |
        transita | passou | suficiente | =louvor | aprovou | diplomado | diplomada
    """,
    "bad_end": """
        reprovado | reprovada | reprovados | reprovacao | reprovacoes | reprovou | repetente | repetencia | retido |
        retida | retencao | desistente | desistencia | desistiu | evasao | evadido | evadida | evadiu | abandono |
        abandonou | insucesso | fracasso | em risco | risco | cancelado | cancelada | trancado | trancada | excluido |
        excluida | expulso | expulsa | ausente | inapto | inapta | insuficiente | recuperacao | trancou
    """,
    "more_is_better": """
        presenca | presencas | frequencia | assiduidade | nota | notas | media das notas | pontos | pontuacao | horas de
        estudo | tempo de estudo | participacao | tarefas | creditos | acertos | entregues |
        freq
    """,
    "less_is_better": """
        falta | faltas | ausencia | ausencias | atraso | atrasos | reprovacao | reprovacoes | retencoes | erros |
        perdidas | nao entregues | suspensao | suspensoes | advertencia | advertencias |
        injust | negativas | participacoes disciplinares | ocorrencias | nao feitos | nao feitas
    """,
    "increase": """
        presenca | presencas | frequencia | assiduidade | horas de estudo | tempo de estudo | participacao | tarefas |
        trabalhos de casa | tpc | entregues | apoio escolar | apoio ao estudo | aulas de apoio | explicacoes | reforco
        escolar | monitoria | tutoria
    """,
    "decrease": """
        falta | faltas | ausencia | ausencias | atraso | atrasos | perdidas | nao entregues | injustificadas | tempo de
        tela | tempo de ecra | redes sociais | videojogos | saidas
    """,
    "actionable": "sono | horas de sono | tempo livre | atividades extracurriculares",
    "immutable": """
        deslocamento | deslocacao | viagem | tempo de viagem | transporte | distancia | anterior | anteriores |
        reprovacao | reprovacoes | retencoes | motivo | justificadas | doenca | pais | mae | pai | familia | irmaos |
        professor | professora
    """,
    "mark": "nota | notas | media | prova | exame | pontuacao",
    "number": "linha | numero | num | =no",
    "group": "=turma | turma id | =grupo | =classe | =secao",
    "other_sense": """
        professor | professora | professores | docente | docentes | linguagem | programacao | endereco de email |
        endereco email | endereco eletronico | endereco ip | genero literario | genero musical | dados | projeto
    """,
    "thing": "curso | escola | turma | disciplina | colegio | modulo | agrupamento | grupo | sala | projeto",
    "doubt": """
        nenhum | nenhuma | jamais | nada | nem | apenas | quase | parcialmente | impossivel | possivel | improvavel |
        provavel | esperado | esperada | previsto | prevista | evitado | evitada | perdido | perdida | abaixo | menos |
        inferior | pendente | adiado | adiada | negado | negada | condicional |
        evita | evitou | evitar | livre de | isento | isenta | fora de | salvo | anulado | anulada | revogado |
        revogada | provisorio | provisoria | comprometido | comprometida | ameacado | ameacada | recusada | recusado |
        perda de | contrario | inverso | afastado | baixo | pouco | longe | duvida
    """,
    "remark": "observacao | observacoes | comentarios",
}
